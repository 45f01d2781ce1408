// Observing in class (competences:observe). With this script an observation made without a network is kept on this device, and leaves by itself
// when the network is back (docs/decisions/0086 and 0140). Without it, the form is sent as any other.
import { keepObservation, observations } from "../parts/observations.js";
import { askForSync } from "../parts/rolls.js";
import { arrive, met } from "../parts/store.js";

const PATIENCE = 8000; // milliseconds
const WITH_A_FILE = 60_000;
const owner = document.documentElement.dataset.keptFor;

function start(form) {
  const said = document.querySelector("[data-observed]");
  const words = said.dataset;
  const group = Number(location.pathname.match(/\/classes\/(\d+)\//)[1]);
  const file = form.elements.proof;
  const chosen = (name) => form.elements[name].value;

  function tell(...sentences) {
    said.hidden = !sentences.length;
    said.dataset.state = "wait";
    said.textContent = sentences.join(" ");
  }

  async function tellWaiting(...more) {
    const count = (await observations(owner)).length;
    tell(...(count ? [count > 1 ? words.several.replace("#", count) : words.one, ...more] : []));
  }

  async function keep(level) {
    const photo = file.files.length > 0;
    const one = { group, competence: chosen("competence"), pupil: chosen("eleve"), level, note: chosen("note").slice(0, 240), photo, stamp: chosen("contexte") };
    if (!(await keepObservation(owner, one))) return form.submit();
    // The next pupil, the same competence.
    form.querySelectorAll("input[name=eleve]:checked").forEach((radio) => { radio.checked = false; });
    form.elements.note.value = "";
    file.value = "";
    await tellWaiting(...(photo ? [words.photo] : []));
    askForSync();
  }

  async function send(submitter) {
    const data = new FormData(form, submitter);
    const patience = file.files.length ? WITH_A_FILE : PATIENCE;
    let answer = null;
    try {
      if (navigator.onLine) answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Upload": "1" }, redirect: "manual", signal: AbortSignal.timeout(patience) });
    } catch {
      // Nobody answered.
    }
    if (!answer || answer.status >= 500) return keep(submitter.value);
    const next = answer.headers.get("X-Next-Page");
    if (next && new URL(next, location).pathname === location.pathname) return location.assign(next);
    // A mistake, or a session that has ended: the browser shows the page, and what was typed is in it.
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
    return form.submit();
  }

  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    if (!submitter?.value) return;
    if (!form.elements.competence.value || !chosen("eleve")) {
      if (navigator.onLine) return; // the server says what is missing
      event.preventDefault();
      tell(words.choose);
      form.querySelector("input[name=eleve]").focus();
      return;
    }
    event.preventDefault();
    if (form.hasAttribute("data-observing")) return;
    form.setAttribute("data-observing", "");
    send(submitter).catch(() => form.submit()).finally(() => form.removeAttribute("data-observing"));
  });
  document.addEventListener("preau:observed", () => tellWaiting().catch(() => {}));
  return tellWaiting();
}

const form = document.querySelector("form[data-observe]");
if (form && owner && globalThis.indexedDB && globalThis.crypto?.subtle && navigator.locks) {
  (met() === owner ? Promise.resolve() : arrive(owner)).then(() => start(form)).catch(() => {});
}
