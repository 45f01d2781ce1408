// What one writes in a long form is kept in this tab while one writes (sessionStorage: gone with the tab, and at sign-out), and offered when
// the page is opened again: a session that ends, a page left by mistake or a network that falls cost nobody their words. Files are not
// kept; nor is anything where the browser refuses: it then asks before leaving.
import { gesture, say } from "./say.js";

const PREFIX = "preau-brouillon:", SENT = "preau-brouillon-parti";
const DELAY = 600;
const who = document.documentElement.dataset.who ?? "";
const forms = [...document.querySelectorAll("form[data-draft]")];
// By where it is sent, not by where it stands: a form refused comes back at the address that refused it, and its words belong to the
// page that one opens again (a question of a survey, a piece to supply).
const keyOf = (form) => `${PREFIX}${who}:${new URL(form.action).pathname}`;
const SKIPPED = new Set(["hidden", "file", "password", "submit", "button"]);
const fieldsOf = (form) => [...form.elements].filter((one) => one.name && !SKIPPED.has(one.type));
const valueOf = (one) => (["checkbox", "radio"].includes(one.type) ? one.checked : one.multiple ? [...one.selectedOptions].map((option) => option.value) : one.value);
// Two boxes may have one name: their place among those of this name tells them apart.
const read = (form) => {
  const seen = new Map();
  return Object.fromEntries(fieldsOf(form).map((one) => {
    const rank = seen.get(one.name) ?? 0;
    seen.set(one.name, rank + 1);
    return [`${one.name}#${["checkbox", "radio"].includes(one.type) ? one.value : rank}`, valueOf(one)];
  }));
};
const differs = (one, other) => Object.keys(one).some((name) => name in other && JSON.stringify(one[name]) !== JSON.stringify(other[name]));

function put(form, kept) {
  const seen = new Map();
  for (const one of fieldsOf(form)) {
    const rank = seen.get(one.name) ?? 0;
    seen.set(one.name, rank + 1);
    const box = ["checkbox", "radio"].includes(one.type);
    const value = kept[`${one.name}#${box ? one.value : rank}`];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(valueOf(one))) continue;
    if (box) one.checked = value;
    else if (one.multiple) for (const option of one.options) option.selected = value.includes(option.value);
    else {
      one.value = value;
      one.closest("[data-richtext]")?.dispatchEvent(new CustomEvent("preau:written", { detail: value }));
    }
    one.closest("details")?.setAttribute("open", "");
    one.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function follow(form) {
  const key = keyOf(form);
  const first = read(form);
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  // After a refusal the page has what was typed already, and nothing else has it.
  const wrong = Boolean(form.querySelector("[aria-invalid=true]"));
  let timer, refused = false, going = false, written = false, offered = Boolean(kept) && !wrong && differs(kept, first);
  const keep = () => {
    try {
      const now = read(form);
      const changed = differs(now, first);
      // What is offered stays as long as nobody answers, nor writes something else.
      if (offered && !changed) return;
      offered = false;
      changed || wrong ? sessionStorage.setItem(key, JSON.stringify(now)) : sessionStorage.removeItem(key);
      refused = false;
    } catch {
      refused = true;
    }
  };
  if (offered) {
    const alert = say("info", "Vous aviez commencé à écrire ici, sans l’envoyer.",
      gesture("Reprendre ce que j’avais écrit", () => { offered = false; put(form, kept); keep(); alert.remove(); form.querySelector("textarea:not([hidden]), [role=textbox], input:not([type=hidden])")?.focus(); }),
      gesture("L’oublier", () => { offered = false; sessionStorage.removeItem(key); alert.remove(); document.getElementById("contenu")?.focus(); }));
  }
  const soon = () => { written = true; clearTimeout(timer); timer = setTimeout(keep, DELAY); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => { clearTimeout(timer); keep(); going = true; sessionStorage.setItem(SENT, key); });
  // It was not received (islands/upload.js): it is still to be sent.
  form.addEventListener("preau:unsent", () => { going = false; sessionStorage.removeItem(SENT); });
  // Nothing was written: what differs from the form's beginning is the editor's, which writes a text its own way when it opens.
  addEventListener("pagehide", () => { clearTimeout(timer); if (written && !going) keep(); });
  addEventListener("beforeunload", (event) => { if (refused && !going) event.preventDefault(); });
}

try {
  // It was sent: only what the next page says well done of is kept no more.
  const sent = sessionStorage.getItem(SENT);
  if (sent && document.querySelector("#messages [data-tone=success]")) sessionStorage.removeItem(sent);
  sessionStorage.removeItem(SENT);
  forms.forEach(follow);
  // A refusal shown in the place of the form (islands/upload.js) has a form of its own, with what was typed.
  document.addEventListener("preau:replaced", () => {
    sessionStorage.removeItem(SENT);
    document.querySelectorAll("form[data-draft]").forEach(follow);
  });
  document.addEventListener("submit", ({ target }) => {
    if (new URL(target.action).pathname !== "/deconnexion/") return;
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  });
} catch {
  // A browser that keeps nothing: the forms work all the same.
}

// A form whose drafts the server keeps while one writes (`data-kept-by`: the line that says so): what was typed since leaves with the page.
const unkept = new Set();
const keeps = (form, kept) => (kept ? unkept.delete(form) : unkept.add(form));
document.addEventListener("input", ({ target }) => { const form = target.closest("form[data-kept-by]"); if (form) keeps(form, false); });
document.addEventListener("submit", ({ target }) => keeps(target, true));
document.addEventListener("preau:unsent", ({ target }) => { if (target.dataset.keptBy) keeps(target, false); }, true);
document.addEventListener("htmx:configRequest", ({ target }) => { const form = target.closest("form[data-kept-by]"); if (form && target.id === form.dataset.keptBy) keeps(form, true); });
for (const sad of ["htmx:sendError", "htmx:responseError", "htmx:sendAbort"]) {
  document.addEventListener(sad, ({ target }) => { const form = target.closest?.("form[data-kept-by]"); if (form) keeps(form, false); });
}
addEventListener("pagehide", () => unkept.forEach((form) => {
  if (!form.isConnected) return;
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  navigator.sendBeacon(form.action, data);
}));
