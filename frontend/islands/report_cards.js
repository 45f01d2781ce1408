// Appreciations by keyboard: each text is sent by itself when the typing pauses, and nobody waits for the answer. In council, the same of one
// pupil, whose projected page follows. Without this script, the page is one form.
import { gesture } from "../parts/say.js";

const PAUSE = 900, PATIENCE = 10_000, AGAIN = 5_000; // milliseconds
const PLACES = ["prénom", "matière", "moyenne"];
const form = document.querySelector("form[data-texts]");

function start() {
  const status = document.querySelector("[data-saved]");
  const rows = [...form.querySelectorAll("[data-row]")].map((line) => ({
    line,
    field: line.querySelector("textarea"),
    version: line.querySelector("input[name^=version]"),
    problem: line.querySelector("[data-problem]"),
    kept: line.querySelector("textarea").value,
  }));
  const page = { sending: false, waits: false, ended: false };
  const unsaved = () => rows.filter((row) => row.field.value !== row.kept);
  const waiting = () => unsaved().filter((row) => !row.stuck);
  const phrases = [...document.querySelectorAll("[data-phrase]")];
  const matter = document.querySelector("[data-matter]")?.dataset.matter ?? "";
  let last = rows[0];

  function tell() {
    const left = waiting().length;
    status.hidden = false;
    const words = page.ended ? "Votre session a pris fin : reconnectez-vous dans un autre onglet, vos textes restent ici."
      : page.waits ? "Pas encore enregistré : le réseau manque. Vos textes restent ici."
      : left ? "Enregistrement…"
      : unsaved().length ? "Un texte n’est pas enregistré : lisez ce qui est dit à côté de lui."
      : `Tout est enregistré${page.at ? ` à ${page.at}` : ""}`;
    if (status.textContent !== words) status.textContent = words;
  }

  async function send() {
    if (page.sending || page.ended) return;
    page.sending = true;
    for (let row = waiting()[0]; row && !page.ended; row = waiting()[0]) {
      const text = row.field.value;
      const answer = await post(row, text);
      if (!answer || answer.status >= 500 || answer.status === 429) {
        page.waits = true;
        setTimeout(send, AGAIN);
        break;
      }
      page.waits = false;
      if (answer.type === "opaqueredirect") page.ended = true;
      else await receive(row, text, answer);
    }
    page.sending = false;
    tell();
  }

  async function post(row, text) {
    const data = new FormData();
    for (const [name, value] of new FormData(form)) if (!/^(texte|version)-/.test(name)) data.set(name, value);
    for (const [name, value] of Object.entries({ eleve: row.line.dataset.pupil, texte: text, version: row.version.value })) data.set(name, value);
    try {
      return await fetch(form.dataset.save, { method: "POST", body: data, redirect: "manual", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
    } catch {
      return null;
    }
  }

  async function receive(row, text, answer) {
    const said = await answer.json().catch(() => ({ sentence: "Le serveur n’a pas répondu comme prévu. Rechargez la page." }));
    row.problem.replaceChildren();
    if (answer.ok) {
      row.version.value = said.version;
      row.kept = text;
      page.at = said.saved_at;
      return;
    }
    // It waits for what one says of it, or for other words.
    row.stuck = true;
    const words = document.createElement("p");
    words.className = "field-error";
    words.setAttribute("role", "alert");
    words.textContent = said.sentence;
    row.problem.append(words);
    if (answer.status !== 409) return;
    const settle = (mine) => {
      row.version.value = said.version;
      row.kept = said.theirs;
      if (!mine) row.field.value = said.theirs;
      row.stuck = false;
      row.problem.replaceChildren();
      row.field.focus();
      later(row, 0);
    };
    const gestures = document.createElement("p");
    gestures.className = "cluster";
    gestures.append(gesture("Garder mes mots", () => settle(true)), gesture("Prendre les siens", () => settle(false)));
    row.problem.append(gestures);
  }

  function later(row, pause = PAUSE) {
    tell();
    clearTimeout(row.timer);
    row.timer = setTimeout(send, pause);
  }

  function go(row, step) {
    const other = rows[rows.indexOf(row) + step];
    if (!other) return false;
    other.field.focus();
    other.field.setSelectionRange(other.field.value.length, other.field.value.length);
    other.line.scrollIntoView({ block: "nearest" });
    return true;
  }

  /** Put a phrase where the caret is, its places filled for this pupil. */
  function put(phrase, row) {
    const said = { "prénom": row.line.dataset.name, "matière": matter, "moyenne": row.line.dataset.mean };
    let text = phrase.dataset.phrase || phrase.textContent;
    for (const place of PLACES) if (said[place]) text = text.replaceAll(`{${place}}`, said[place]);
    const { field } = row;
    const before = field.value.slice(0, field.selectionStart);
    field.focus();
    field.setRangeText(before && !/\s$/.test(before) ? ` ${text}` : text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  for (const row of rows) {
    row.field.addEventListener("focus", () => { last = row; });
    row.field.addEventListener("input", () => { row.stuck = false; later(row); });
    row.field.addEventListener("blur", () => { if (row.field.value !== row.kept) later(row, 0); });
    row.field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const { key, ctrlKey, altKey, shiftKey, metaKey } = event;
      const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
      if (key === "Enter" && !shiftKey && !ctrlKey && !altKey && !metaKey && rows.length > 1) {
        event.preventDefault();
        if (!go(row, 1)) row.field.blur();
      } else if (ctrlKey && (key === "ArrowDown" || key === "ArrowUp")) {
        event.preventDefault();
        go(row, key === "ArrowDown" ? 1 : -1);
      } else if (altKey && digit && phrases[digit - 1]) {
        event.preventDefault();
        put(phrases[digit - 1], row);
      }
    });
  }

  for (const phrase of phrases) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "card-phrase";
    button.textContent = phrase.textContent;
    button.dataset.phrase = phrase.textContent;
    button.addEventListener("click", () => put(button, last));
    phrase.replaceChildren(button);
  }
  const keys = document.querySelector("[data-keys]");
  if (keys) keys.hidden = false;
  // Ctrl+Enter sends the whole form: in council, it validates and goes to the next pupil.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.ctrlKey) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[data-next]") ?? undefined);
  });
  form.addEventListener("submit", () => { page.submitted = true; });
  addEventListener("beforeunload", (event) => { if (!page.submitted && unsaved().length) event.preventDefault(); });
  addEventListener("pageshow", () => { page.submitted = false; });
}

if (form) start();
