// A file sent by parts (tus 1.0.0): what is on the server already is not sent again, whatever stopped the sending. The server knows the
// file by its name, its weight and its date.

const PART = 4 * 1024 * 1024;
const PATIENCE = [1, 3, 5, 10, 20, 30, 30, 30, 30, 30];
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** What the server refuses, in its own words; the others are tried again. */
export class Refused extends Error {}

async function digest(part) {
  if (!crypto.subtle) return {};
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()));
  return { "Upload-Checksum": `sha256 ${btoa(String.fromCharCode(...bytes))}` };
}

/**
 * Sends all of a file to `address`, and gives the page to go to. `goesTo`: where it is kept, when it is no medium. `tell(offset, size)` says how far
 * it is, `waits()` that the network does not answer, `stopped` is what is said of a refusal without words.
 */
export async function sendByParts(file, { address, token, goesTo = "", signal, tell, waits, stopped }) {
  const common = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token };
  const named = [["filename", file.name], ["modified", String(file.lastModified)], ...(goesTo ? [["goes_to", goesTo]] : [])];
  const metadata = named.map(([name, value]) => `${name} ${encoded(value)}`).join(",");
  let [offset, at] = [-1, ""];

  async function ask(where, method, headers = {}, body = undefined) {
    const answer = await fetch(where, { method, body, headers: { ...common, ...headers }, signal, redirect: "error" });
    if (answer.ok) return answer;
    const words = method === "HEAD" ? "" : await answer.text();
    // What is busy, late or damaged is asked again; the rest is said.
    if ([409, 423, 429, 460].includes(answer.status) || answer.status >= 500 && answer.status !== 507) throw new Error(words);
    throw new Refused(answer.headers.get("Content-Type")?.startsWith("text/plain") && words || stopped);
  }

  for (let tries = 0; ; ) {
    try {
      if (!at) at = (await ask(address, "POST", { "Upload-Length": file.size, "Upload-Metadata": metadata })).headers.get("Location");
      if (offset < 0) {
        const head = await ask(at, "HEAD");
        // Its last answer was lost on the way.
        if (head.headers.get("X-Next-Page")) return head.headers.get("X-Next-Page");
        offset = Number(head.headers.get("Upload-Offset"));
      }
      tell(offset, file.size);
      const part = file.slice(offset, offset + PART);
      const headers = { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream", ...(await digest(part)) };
      const answer = await ask(at, "PATCH", headers, part);
      [offset, tries] = [Number(answer.headers.get("Upload-Offset")), 0];
      const next = answer.headers.get("X-Next-Page");
      if (next) return next;
    } catch (error) {
      if (error instanceof Refused || signal.aborted || tries >= PATIENCE.length) throw error;
      waits();
      offset = -1;
      await wait(PATIENCE[tries++]);
    }
  }
}
