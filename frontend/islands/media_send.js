// A file sent by parts (tus 1.0.0): what is on the server already is not sent again, whatever stopped the sending. The server knows the
// file by its name, its weight and its date. Without this, the form sends it whole.

const PART = 4 * 1024 * 1024;
const PATIENCE = [1, 3, 5, 10, 20, 30, 30, 30, 30, 30];
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

class Refused extends Error {}

async function digest(part) {
  if (!crypto.subtle) return {};
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()));
  return { "Upload-Checksum": `sha256 ${btoa(String.fromCharCode(...bytes))}` };
}

function follow(form) {
  const [field, place, button] = [form.elements.fichier, form.querySelector("[data-place]"), form.querySelector("[type=submit]")];
  const [said, bar, stop] = [place.querySelector("[role=status]"), place.querySelector("progress"), place.querySelector("[data-stop]")];
  const common = { "Tus-Resumable": "1.0.0", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  let [stopping, spoken, at] = [null, "", ""];

  const say = (words) => { if (words !== spoken) said.textContent = spoken = words; };
  // Every tenth is said: a screen reader must not read a hundred numbers.
  const tell = (offset, size) => {
    bar.value = (100 * offset) / size;
    say(place.dataset.words.replace("#", Math.floor((10 * offset) / size) * 10));
  };

  async function ask(address, method, headers = {}, body = undefined) {
    const answer = await fetch(address, { method, body, headers: { ...common, ...headers }, signal: stopping.signal, redirect: "error" });
    if (answer.ok) return answer;
    const words = method === "HEAD" ? "" : await answer.text();
    // What is busy, late or damaged is asked again; the rest is said.
    if ([409, 423, 429, 460].includes(answer.status) || answer.status >= 500 && answer.status !== 507) throw new Error(words);
    throw new Refused(answer.headers.get("Content-Type")?.startsWith("text/plain") && words || place.dataset.stopped);
  }

  async function send(file) {
    const named = `filename ${encoded(file.name)},modified ${encoded(String(file.lastModified))}`;
    let offset = -1;
    for (let tries = 0; ; ) {
      try {
        if (!at) at = (await ask(form.dataset.mediaSend, "POST", { "Upload-Length": file.size, "Upload-Metadata": named })).headers.get("Location");
        if (offset < 0) offset = Number((await ask(at, "HEAD")).headers.get("Upload-Offset"));
        tell(offset, file.size);
        const part = file.slice(offset, offset + PART);
        const headers = { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream", ...(await digest(part)) };
        const answer = await ask(at, "PATCH", headers, part);
        [offset, tries] = [Number(answer.headers.get("Upload-Offset")), 0];
        const next = answer.headers.get("X-Next-Page");
        if (next) return next;
      } catch (error) {
        if (error instanceof Refused || stopping.signal.aborted || tries >= PATIENCE.length) throw error;
        say(place.dataset.waits);
        offset = -1;
        await wait(PATIENCE[tries++]);
      }
    }
  }

  form.addEventListener("submit", async (event) => {
    const file = field.files[0];
    event.preventDefault();
    if (!file) return field.focus();
    place.hidden = false;
    if (file.size > Number(form.dataset.most)) return say(form.dataset.tooHeavy);
    [stopping, at] = [new AbortController(), ""];
    [stop.hidden, button.disabled, field.disabled] = [false, true, true];
    try {
      const next = await send(file);
      bar.value = 100;
      say(place.dataset.received);
      location.assign(next);
    } catch (error) {
      say(error instanceof Refused ? error.message : place.dataset.stopped);
      [stop.hidden, button.disabled, field.disabled] = [true, false, false];
      button.focus();
    }
  });
  stop.addEventListener("click", () => stopping?.abort());
}

document.querySelectorAll("form[data-media-send]").forEach(follow);
