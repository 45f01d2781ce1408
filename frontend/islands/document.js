// The live editor of a document (docs/decisions/0159): Yjs holds the text, the server keeps what each page sends and says what others did.
// « Enregistré » is said once the server has kept it, and only then; what it has not is on this device, and is sent until it has.
import { Editor, Extension } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import CollaborationCaret from "@tiptap/extension-collaboration-caret";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { askFormula, askLink, askPicture, DO, follow, forms, pasting, rove, show } from "../parts/editor.js";
import { keep, kept, settled } from "../parts/outbox.js";
import { gesture, say } from "../parts/say.js";

const SOON = 300, CROWD = 60, LONGEST = 30_000, PATIENCE = 20_000, HEARTBEAT = 10_000, MOVED = 1_000, MOST_LOTS = 20;
// What the server takes at once is 600 kB of bytes: lots are put together up to so many signs of base 64, and never above.
const HEAVIEST = 700_000;
const place = document.querySelector("[data-document]");
const { document: pk } = place.dataset;
const page = crypto.randomUUID();
const form = place.querySelector("form");
const stateBox = place.querySelector("[data-state]"), warning = place.querySelector("[data-warning]");
const doc = new Y.Doc();
const awareness = new Awareness(doc);
let number = 0, present = [], writes = place.dataset.writes !== undefined;
let waiting = [], typed = [], sending = false, failures = 0, timer, closed = "", held = "", editor, caretSent = "", caretAt = 0, onDevice = true, storing = 0, gathering;

const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

// What is said of the text, always in words

function tell() {
  const said = stateBox.querySelector("[data-said]"), icon = stateBox.querySelector(".icon");
  const unsent = waiting.length + typed.length;
  const state = closed ? "closed" : unsent && failures ? "away" : unsent ? "soon" : failures ? "alone" : "kept";
  // What was typed a moment ago is not there yet: it is not said to be.
  const safe = onDevice && !typed.length && !storing;
  const words = {
    kept: writes ? "Enregistré" : "Vous lisez ce texte",
    soon: "Enregistrement…",
    away: safe ? "Pas encore enregistré : gardé sur cet appareil, envoyé dès que possible" : "Pas encore enregistré : ne fermez pas cette page",
    alone: `${writes ? "Enregistré, mais sans" : "Sans"} réseau : vous ne voyez pas ce que les autres écrivent`,
    closed: unsent ? "Pas enregistré" : writes ? "Enregistré" : "Vous lisez ce texte",
  }[state];
  if (said.textContent !== words) said.textContent = words;
  stateBox.dataset.state = state;
  icon.className = `icon icon-${state === "away" || (state === "closed" && unsent) ? "alert-triangle" : writes ? "device-floppy" : "eye"}`;
  warning.hidden = !closed && !held;
  if (held && warning.textContent !== held) warning.textContent = held;
  if (closed) warning.textContent = unsent ? `${closed} Vos derniers mots ne sont pas enregistrés : copiez-les avant de fermer cette page.` : closed;
}

// Up: lots, kept on this device before they leave, sent until the server has kept them

doc.on("update", (update, origin) => {
  if (origin === "server" || origin === "device") return;
  typed.push(update);
  gathering ??= setTimeout(gather, SOON);
  tell();
  plan();
});

const pace = () => SOON + CROWD * Math.max(0, present.filter((one) => one.ecrit).length - 1);
function plan(delay = pace()) {
  clearTimeout(timer);
  if (!closed) timer = setTimeout(send, failures ? Math.min(LONGEST, 1000 * 2 ** failures) * (0.7 + Math.random() * 0.6) : delay);
}

/** What was typed since the last lot becomes one, and is on this device before anything else happens to it, network or not. */
async function gather() {
  clearTimeout(gathering);
  gathering = undefined;
  if (!typed.length) return;
  const lot = { lot: crypto.randomUUID(), update: base64(Y.mergeUpdates(typed)) };
  typed = [];
  waiting.push(lot);
  storing += 1;
  onDevice = await keep(pk, lot.lot, lot.update).catch(() => false);
  storing -= 1;
  tell();
  if (waiting.length > MOST_LOTS && !sending) await fold();
}

/** The first lots, as many as one sending may hold; the first in any case. */
function together(lots) {
  let weight = 0;
  const found = lots.findIndex((one) => (weight += one.update.length) > HEAVIEST);
  return found < 0 ? [...lots] : lots.slice(0, Math.max(found, 1));
}

/** Hours without a network are one lot, not thousands. */
async function fold() {
  const lots = together(waiting);
  if (lots.length < 2) return;
  const whole = { lot: crypto.randomUUID(), update: base64(Y.mergeUpdates(lots.map((one) => bytes(one.update)))) };
  if (!(await keep(pk, whole.lot, whole.update))) return;
  const gone = new Set(lots.map((one) => one.lot));
  // Behind the others: those are put together in their turn, in whatever order they leave.
  waiting = [...waiting.filter((one) => !gone.has(one.lot)), whole];
  for (const lot of gone) await settled(pk, lot);
}

const body = (more) => {
  const data = new FormData(form);
  for (const [name, value] of Object.entries({ onglet: page, depuis: number, curseur: caret(), ...more })) data.set(name, value);
  return data;
};
const post = (address, data, headers = {}) =>
  fetch(address, { method: "POST", body: data, headers: { "X-Requested-With": "fetch", ...headers }, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });

async function send() {
  if (sending || closed) return;
  sending = true;
  try {
    await gather();
    tell();
    const first = waiting[0];
    // Waiting lots leave together; the server knows them by the name of the first, and the others are of the same text.
    if (first) {
      const lots = together(waiting);
      const update = lots.length > 1 ? base64(Y.mergeUpdates(lots.map((one) => bytes(one.update)))) : first.update;
      const lot = lots.length > 1 ? crypto.randomUUID() : first.lot;
      const answer = await post(place.dataset.send, body({ lot, ajout: update }));
      if (!(await heard(answer, lots))) return;
      const gone = new Set(lots.map((one) => one.lot));
      waiting = waiting.filter((one) => !gone.has(one.lot));
      await Promise.all([...gone].map((one) => settled(pk, one)));
    }
  } catch {
    failures += 1;
  } finally {
    sending = false;
    tell();
    if (!closed && (typed.length || waiting.length || failures)) plan();
  }
  // Nothing is left to send but the network was away: what others wrote meanwhile is asked for.
  if (failures && !waiting.length && !typed.length) ask();
}

/** What an answer says; false when nothing was kept. */
async function heard(answer, lots) {
  if (answer.ok) {
    failures = 0;
    held = "";
    apply(await answer.json());
    return true;
  }
  // Too many write, or too fast: it stays here, and goes a little later.
  if (answer.status === 429) {
    held = (await answer.json().catch(() => ({}))).erreur ?? "";
    failures += 1;
    return false;
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) close("Votre session est terminée.", true);
  else if (answer.status === 409) close("Quelqu’un d’autre s’est connecté dans un autre onglet.", true);
  else if (answer.status === 403 || answer.status === 404) await lose();
  else if (answer.status === 413 || answer.status === 422 || answer.status === 400) refused(lots, (await answer.json().catch(() => ({}))).erreur ?? "Ce document n’accepte plus rien.");
  else failures += 1;
  return false;
}

/** One may not write here any more; perhaps one still reads. */
async function lose() {
  const answer = await fetch(`${place.dataset.follow}?depuis=${number}`, { headers: { "X-Hinted": "1" }, redirect: "manual" }).catch(() => null);
  if (answer?.ok) apply(await answer.json());
  if (!answer?.ok) close("Ce document n’est plus ouvert pour vous.");
  else if (!writes) close("Vous ne pouvez plus écrire dans ce document.");
  else failures += 1;
}

/** The server will never take these: they stay on this device until their author has them elsewhere, and says so. */
function refused(lots, words) {
  close(words);
  const file = document.createElement("a");
  file.className = "link";
  file.download = "texte.txt";
  file.href = URL.createObjectURL(new Blob([editor?.getText() ?? ""], { type: "text/plain" }));
  file.textContent = "Télécharger mon texte";
  say("warning", "Gardez votre texte, puis rouvrez le document sans ce qui n’a pas été pris.", file, gesture("Oublier ce qui n’a pas été pris", async () => {
    await Promise.all(lots.map((one) => settled(pk, one.lot)));
    waiting = waiting.filter((one) => !lots.includes(one));
    typed = [];
    location.reload();
  }));
}

/** `comesBack`: once signed in again, this page sends what waits. */
function close(words, comesBack = false) {
  closed = words;
  editor?.setEditable(false);
  clearTimeout(timer);
  if (comesBack) say("warning", `${words} Ce que vous avez écrit est gardé sur cet appareil.`, gesture("Reprendre", () => location.reload()));
  tell();
}

// Down: what others wrote, and who is there

function apply(answer) {
  if (answer.ajouts?.length) doc.transact(() => answer.ajouts.forEach((one) => Y.applyUpdate(doc, bytes(one), "server")), "server");
  if (answer.numero > number) number = answer.numero;
  if (answer.encore && editor) ask();
  if (answer.presents) meet(answer.presents);
  if (answer.ecrit !== undefined && answer.ecrit !== writes) {
    writes = answer.ecrit;
    editor?.setEditable(writes && !closed);
    if (!writes) close("Vous ne pouvez plus écrire dans ce document.");
  }
}

let asking = false, again = false;
async function ask() {
  if (closed && !writes && !editor) return;
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(`${place.dataset.follow}?depuis=${number}`, { headers: { "X-Hinted": "1" }, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) {
      failures = 0;
      apply(await answer.json());
    } else if (answer.status === 404 || answer.status === 403) close("Ce document n’est plus ouvert pour vous.");
    else if (answer.type === "opaqueredirect" || answer.status === 401) close("Votre session est terminée.", true);
    else failures += 1;
  } catch {
    failures += 1;
  }
  asking = false;
  tell();
  if (failures) plan();
  if (again) { again = false; ask(); }
}

// Who is there: names and colours are the server's, carets are what pages say

const caret = () => {
  const cursor = awareness.getLocalState()?.cursor;
  return writes && editor?.isFocused && cursor ? JSON.stringify({ id: doc.clientID, cursor }) : "";
};

function meet(people) {
  present = people;
  const seen = new Set([doc.clientID]);
  for (const one of people) {
    if (one.page === page || !one.curseur) continue;
    try {
      const { id, cursor } = JSON.parse(one.curseur);
      if (!Number.isInteger(id) || id === doc.clientID) continue;
      seen.add(id);
      awareness.states.set(id, { user: { name: one.nom, tone: one.couleur }, cursor });
      awareness.meta.set(id, { clock: 1, lastUpdated: Date.now() });
    } catch { /* a caret that cannot be read is not drawn */ }
  }
  const removed = [...awareness.states.keys()].filter((id) => !seen.has(id));
  removed.forEach((id) => { awareness.states.delete(id); awareness.meta.delete(id); });
  const change = { added: [], updated: [...seen], removed };
  awareness.emit("change", [change, "remote"]);
  awareness.emit("update", [change, "remote"]);
  drawPeople();
}

function drawPeople() {
  const box = place.querySelector("[data-people]");
  const once = [...new Map(present.map((one) => [one.nom, one]).sort(([, one], [, other]) => one.ecrit - other.ecrit)).values()];
  const writing = once.filter((one) => one.ecrit).length, reading = once.length - writing;
  const key = JSON.stringify(once.map((one) => [one.nom, one.ecrit]));
  if (box.dataset.drawn === key) return;
  box.dataset.drawn = key;
  const faces = once.slice(0, 8).map((one) => {
    const face = document.createElement("span");
    face.className = "cowriting-face";
    face.dataset.subject = one.couleur;
    face.title = one.moi ? `${one.nom} (vous)` : one.nom;
    const avatar = document.createElement("span");
    avatar.className = "ds-avatar avatar";
    avatar.setAttribute("aria-hidden", "true");
    avatar.textContent = one.initiales;
    const name = document.createElement("span");
    name.className = "visually-hidden";
    name.textContent = `${one.nom}, `;
    face.append(avatar, name);
    return face;
  });
  const count = document.createElement("span");
  count.className = "muted";
  const words = [];
  if (writing) words.push(writing > 1 ? `${writing} écrivent` : "1 écrit");
  if (reading) words.push(reading > 1 ? `${reading} lisent` : "1 lit");
  count.textContent = words.join(", ");
  box.replaceChildren(...faces, count);
  drawList(once);
}

/** Beside the text, where there is room: each by name, with what they do. */
function drawList(people) {
  const list = document.querySelector("[data-people-list]");
  if (!list) return;
  list.closest("[data-people-here]").hidden = people.length === 0;
  list.replaceChildren(...people.map((one) => {
    const line = document.createElement("li");
    line.dataset.subject = one.couleur;
    const avatar = document.createElement("span");
    avatar.className = "ds-avatar avatar";
    avatar.setAttribute("aria-hidden", "true");
    avatar.textContent = one.initiales;
    const name = document.createElement("span");
    name.textContent = one.moi ? `${one.nom} (vous)` : one.nom;
    const does = document.createElement("span");
    does.className = "cowriting-does";
    does.textContent = one.ecrit ? "écrit" : "lit";
    line.append(avatar, name, does);
    return line;
  }));
}

/** Say that this page is open, and where its caret stands when nothing is being sent. */
async function appear() {
  if (closed) return;
  caretSent = caret();
  caretAt = Date.now();
  const answer = await post(place.dataset.here, body({}), { "X-Hinted": "1" }).catch(() => null);
  if (answer?.ok) {
    const back = failures > 0;
    failures = 0;
    apply(await answer.json());
    if (back) plan(0);
    tell();
  } else if (!answer) {
    failures += 1;
    tell();
    plan();
  }
}

const drawCaret = (user) => {
  const mark = document.createElement("span");
  mark.className = "cowriting-caret";
  mark.dataset.subject = user.tone;
  const label = document.createElement("span");
  label.className = "cowriting-name";
  label.textContent = user.name?.split(" ")[0] ?? "";
  mark.append("\u2060", label, "\u2060");
  return mark;
};

// Passages that somebody commented: their words are sought again as the text moves

const passages = JSON.parse(place.dataset.passages ?? "[]");
const Passages = Extension.create({
  name: "passages",
  addProseMirrorPlugins: () => [new Plugin({
    key: new PluginKey("passages"),
    state: {
      init: (_config, { doc: whole }) => marked(whole),
      apply: (change, found) => (change.docChanged ? marked(change.doc) : found),
    },
    props: { decorations(state) { return this.getState(state); } },
  })],
});
function marked(whole) {
  const found = [], places = new Map(passages.map((one) => [one, []]));
  whole.descendants((node, at) => {
    if (!node.isTextblock) return true;
    const words = node.textBetween(0, node.content.size, undefined, "\ufffc");
    for (const one of passages) {
      for (let from = words.indexOf(one.passage); from >= 0; from = words.indexOf(one.passage, from + 1)) places.get(one).push([at + 1 + from, lineBefore(words, from)]);
    }
    return false;
  });
  // Where nothing says which one it is, none is shown.
  for (const [one, all] of places) {
    const told = all.length > 1 && one.avant ? all.filter(([, before]) => before.endsWith(one.avant)) : all;
    if (told.length === 1) found.push(Decoration.inline(told[0][0], told[0][0] + one.passage.length, { class: "cowriting-commented", title: one.qui }));
  }
  return DecorationSet.create(whole, found);
}

/** What a line says before one of its words, as the server reads it: since the last formula or end of line (\ufffc); \u2029 is its beginning. */
const lineBefore = (words, at) => `\u2029${words.slice(words.lastIndexOf("\ufffc", at - 1) + 1, at)}`;

/** The page of comments, with the words that are chosen. */
function comment() {
  const { from, to } = editor.state.selection;
  const url = new URL(place.querySelector("[data-comment]").href);
  const passage = editor.state.doc.textBetween(from, to, " ").trim().slice(0, 300);
  // Without one, the form is there to be filled all the same.
  url.searchParams.set("passage", passage);
  if (passage) {
    let start = -1;
    editor.state.doc.nodesBetween(from, to, (node, at) => {
      if (start >= 0 || !node.isText) return;
      const first = Math.max(from - at, 0), found = node.text.slice(first, to - at).search(/\S/);
      if (found >= 0) start = at + first + found;
    });
    const $start = editor.state.doc.resolve(start < 0 ? from : start);
    url.searchParams.set("avant", lineBefore($start.parent.textBetween(0, $start.parent.content.size, undefined, "\ufffc"), $start.parentOffset).slice(-40));
  }
  location.assign(url);
}

/** The page where one chooses a picture, which comes back after the paragraph of the caret; of one that is chosen, what it shows. */
async function picture() {
  if (editor.state.selection.node?.type.name === "picture") return askPicture(editor, place);
  const { $from } = editor.state.selection;
  const url = new URL(place.dataset.picture, location.href);
  const words = $from.depth ? $from.node(1).textContent.replace(/\s+/g, " ").trim().slice(0, 80) : "";
  if (words) url.searchParams.set("mots", words);
  await send();
  location.assign(url);
}

function mount() {
  const box = place.querySelector("[data-text]"), toolbar = place.querySelector("[data-tools]");
  const buttons = [...(toolbar?.querySelectorAll("button") ?? [])];
  // What was in this text, to be moved in it; a picture of another document is not read here.
  const own = new Set();
  const keep = (text) => text.descendants((node) => { if (node.type.name === "picture") own.add(node.attrs.file); });
  const paste = pasting(own, "ajoutez-la à ce document par le bouton « Image ».");
  box.replaceChildren();
  box.classList.remove("rich");
  editor = new Editor({
    element: box,
    injectCSS: false,
    editable: writes,
    editorProps: { attributes: { role: "textbox", "aria-multiline": "true", "aria-labelledby": "texte-titre", class: "rich cowriting-input" }, ...paste.props },
    extensions: [
      ...forms({ undoRedo: false }),
      Collaboration.configure({ document: doc, field: "default" }),
      CollaborationCaret.configure({
        provider: { awareness }, user: {}, render: drawCaret, selectionRender: (user) => ({ class: "cowriting-chosen", "data-subject": user.tone ?? "" }),
      }),
      Passages,
    ],
    onTransaction({ editor: now, transaction }) {
      show(now, buttons);
      if (transaction.docChanged) keep(now.state.doc);
    },
    onSelectionUpdate: moved,
    onFocus: moved,
    onBlur: moved,
  });
  keep(editor.state.doc);
  if (!writes && place.dataset.comments === undefined) return;
  // Who comments and does not write has one button: what it needs is a passage that is chosen.
  if (!writes) {
    toolbar.hidden = false;
    toolbar.querySelector("button").addEventListener("click", comment);
    return;
  }
  place.querySelector("[data-turn]")?.remove();
  place.querySelector("[data-put-picture]")?.remove();
  // On a phone the foot is below the text: whether it is kept is said above it, where one sees it.
  if (matchMedia("(max-width: 40rem)").matches) place.querySelector(".cowriting-bar").append(stateBox);
  // At the foot, which stays on the screen however long the text is.
  place.querySelector(".cowriting-foot").prepend(paste.said);
  toolbar.hidden = false;
  rove(toolbar);
  const act = (name) => {
    if (name === "link") askLink(editor, place);
    else if (name === "formula") askFormula(editor, place);
    else if (name === "comment") comment();
    else if (name === "picture") picture();
    else if (name === "table") editor.chain().focus().insertTable({ rows: 3, cols: 2, withHeaderRow: true }).run();
    else DO[name](editor.chain().focus()).run();
  };
  buttons.forEach((button) => button.addEventListener("click", () => act(button.dataset.do)));
  follow(editor, toolbar, act);
  show(editor, buttons);
}

let moving;
function moved() {
  clearTimeout(moving);
  moving = setTimeout(() => {
    if (sending || typed.length || caret() === caretSent) return;
    if (Date.now() - caretAt < MOVED) return moved();
    appear();
  }, MOVED);
}

async function begin() {
  let answer;
  try {
    answer = await fetch(`${place.dataset.follow}?depuis=${number}`, { headers: { "X-Hinted": "1" }, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  } catch { /* the text of the page stays, to be read */ }
  if (!answer?.ok) {
    stateBox.querySelector("[data-said]").textContent = "Sans réseau : ce texte est celui de votre dernière lecture";
    setTimeout(begin, 5000);
    return;
  }
  const told = await answer.json();
  apply(told);
  // A long lesson comes in several answers: nobody writes in a text that is read by half.
  if (told.encore) return begin();
  const before = await kept(pk);
  if (before.length) {
    doc.transact(() => before.forEach((one) => Y.applyUpdate(doc, bytes(one.update), "device")), "device");
    // Without the right to write they are not sent, and stay « pas enregistré ».
    waiting.push(...before);
    if (writes) {
      say("info", "Ce que vous aviez écrit sans réseau est remis dans le document.");
    } else close("Vous ne pouvez plus écrire dans ce document.");
  }
  mount();
  tell();
  drawPeople();
  appear();
  if (waiting.length) plan(0);
  setInterval(appear, HEARTBEAT);
}

place.addEventListener("live", ask);
addEventListener("online", () => { failures = Math.min(failures, 1); plan(0); ask(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && editor) ask(); else if (typed.length) send(); });
addEventListener("beforeunload", (event) => {
  if (typed.length || (waiting.length && (!onDevice || closed))) { send(); event.preventDefault(); }
});
addEventListener("pagehide", () => {
  if (typed.length) gather();
  navigator.sendBeacon?.(place.dataset.here, body({ ferme: "1" }));
});
begin();
