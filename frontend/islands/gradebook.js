// The grid of marks, and that of levels (competences:sheet), by keyboard: one field goes from cell to cell, each mark is sent alone and nobody waits for the answer.
// What has not left is kept on this device. Without this script, a column is a form (gradebook:column).
import { dropMark, isLow, keepMark, keptMarks, levelOf, linesOf, markOf } from "../parts/marks.js";
import { gesture } from "../parts/say.js";
import { arrive, met } from "../parts/store.js";

const PATIENCE = 10_000; // milliseconds
const AGAIN = 5_000;
const PAUSE = 700; // what follows the typing waits for its end
const owner = document.documentElement.dataset.keptFor;
const canKeep = Boolean(owner && globalThis.indexedDB && globalThis.crypto?.subtle && navigator.locks);

const table = document.querySelector("table[data-grid]");
// Levels are one key each: the field then goes to the next pupil by itself.
const ofLevels = table?.dataset.grid === "levels";
const ONE_KEY = /^[1-4adn]$/i;
const [WORD, WORDS, E] = ofLevels ? ["niveau", "niveaux", ""] : ["note", "notes", "e"];
const readCell = (typed, scale) => (ofLevels ? levelOf(typed) : markOf(typed, scale));
function start() {
  const heads = [...table.tHead.rows[0].querySelectorAll("th[data-a]")];
  const columns = heads.map((head) => ({ head, assessment: head.dataset.a, scale: head.dataset.s, title: head.firstElementChild.textContent }));
  const rows = [...table.tBodies[0].rows].map((line) => ({ line, pupil: line.dataset.p, name: nameOf(line) }));
  const problems = document.querySelector("[data-problems]");
  const status = document.querySelector("[data-saved]");
  const form = document.querySelector("[data-grid-form]");
  const page = { done: [], undone: [], queue: new Map(), refused: new Map(), changed: new Set(), told: null, field: null, here: null, sending: false, waits: false, ended: false };

  const cellOf = (row, column) => rows[row].line.cells[column + 1];
  const keyOf = (row, column) => `${columns[column].assessment}:${rows[row].pupil}`;
  const placeOf = (key) => {
    const [assessment, pupil] = key.split(":");
    return [rows.findIndex((row) => row.pupil === pupil), columns.findIndex((column) => column.assessment === assessment)];
  };
  const textOf = (row, column) => (isHere(row, column) ? page.here.text : cellOf(row, column).textContent);
  const isHere = (row, column) => page.here?.row === row && page.here.column === column;

  // Where one is

  function open(row, column) {
    if (isHere(row, column)) return page.field.focus();
    leave();
    const cell = cellOf(row, column);
    const text = cell.textContent;
    page.here = { row, column, text };
    page.field = Object.assign(document.createElement("input"), { className: "grade-field", value: text, autocomplete: "off", enterKeyHint: "next", maxLength: 24 });
    page.field.setAttribute("aria-label", `${rows[row].name}, ${columns[column].title}, ${ofLevels ? "de 1 à 4" : `sur ${columns[column].scale}`}`);
    page.field.inputMode = "decimal";
    if (page.refused.has(keyOf(row, column))) page.field.setAttribute("aria-invalid", "true");
    cell.replaceChildren(page.field);
    table.querySelector("td[tabindex]")?.removeAttribute("tabindex");
    rows[row].line.classList.add("is-here");
    columns[column].head.classList.add("is-here");
    page.field.focus();
    page.field.select();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    later(showColumn, "panel");
  }

  /** Write what the field holds, and take it away. */
  function leave() {
    if (!page.here) return;
    const { row, column, text } = page.here;
    const typed = page.field.value;
    const cell = cellOf(row, column);
    page.here = null;
    page.field = null;
    cell.textContent = text;
    cell.tabIndex = 0;
    rows[row].line.classList.remove("is-here");
    columns[column].head.classList.remove("is-here");
    if (typed.trim() !== text) write([{ row, column, typed }]);
  }

  /** The end of a column or of the grid: stay, and let the browser do as it does. */
  function go(row, column) {
    if (row < 0 || row >= rows.length || column < 0 || column >= columns.length) return false;
    open(row, column);
    return true;
  }

  // What is written

  /** Show what was typed and send it; one gesture, which one gesture takes back. */
  function write(cells, { remember = true } = {}) {
    const steps = [];
    for (const { row, column, typed } of cells) {
      const key = keyOf(row, column);
      const before = textOf(row, column);
      const mark = readCell(typed, columns[column].scale);
      if (mark.text === before && !page.refused.has(key)) continue;
      steps.push({ key, before, after: mark.text });
      settle(key);
      show(row, column, mark.text);
      if (mark.problem) refuse(key, `${mark.problem}`);
      else enqueue(row, column, mark.text);
    }
    if (!remember || !steps.length) return;
    page.done.push(steps);
    page.undone = [];
  }

  function show(row, column, text) {
    const cell = cellOf(row, column);
    if (isHere(row, column)) {
      page.here.text = text;
      page.field.value = text;
      page.field.select();
    } else cell.textContent = text;
    if (ofLevels) cell.className = /^[1-4]$/.test(text) ? `l${text}` : "";
    else cell.classList.toggle("low", isLow(text, columns[column].scale));
  }

  function undo(from, to, side) {
    const steps = from.pop();
    if (!steps) return;
    to.push(steps);
    const cells = steps.map((step) => ({ place: placeOf(step.key), typed: step[side] }));
    write(cells.map(({ place: [row, column], typed }) => ({ row, column, typed })), { remember: false });
    open(...cells[0].place);
  }

  // Several at once

  /** All of it or nothing: what does not fit is said, line by line. */
  function paste(text) {
    const { row, column } = page.here;
    const lines = linesOf(text);
    const widest = Math.max(...lines.map((line) => line.length));
    if (row + lines.length > rows.length) {
      return announce(`${count(lines.length, "ligne copiée", "lignes copiées")}, mais ${count(rows.length - row, "élève", "élèves")} à partir de ${rows[row].name} : rien n’est collé.`);
    }
    if (column + widest > columns.length) return announce(`${widest} colonnes copiées : il n’y en a pas autant ici. Rien n’est collé.`);
    const cells = lines.flatMap((line, down) => line.map((typed, right) => ({ row: row + down, column: column + right, typed })));
    const wrong = cells.map(({ row: r, column: c, typed }) => [r, readCell(typed, columns[c].scale).problem]).filter(([, problem]) => problem);
    if (wrong.length) {
      return announce("Rien n’est collé.", ...wrong.slice(0, 8).map(([r, problem]) => `Ligne ${r - row + 1} (${rows[r].name}) : ${problem}`));
    }
    write(cells);
    announce(`${count(cells.length, `${WORD} collé${E}`, `${WORDS} collé${E}s`)}, de ${rows[row].name} à ${rows[row + lines.length - 1].name}.`);
  }

  /** The same down to the last pupil who has nothing. */
  function fillDown() {
    const { row, column } = page.here;
    const typed = page.field.value;
    if (!typed.trim() || readCell(typed, columns[column].scale).problem) return;
    const below = rows.map((_, other) => other).filter((other) => other > row && !textOf(other, column));
    write([{ row, column, typed }, ...below.map((other) => ({ row: other, column, typed }))]);
    announce(`${count(below.length, "case remplie", "cases remplies")} sous ${rows[row].name}.`);
  }

  // Sending

  function enqueue(row, column, text, seen = Number(cellOf(row, column).dataset.v ?? 0)) {
    const mark = { assessment: columns[column].assessment, pupil: rows[row].pupil, text, seen, address: location.pathname + location.search };
    page.queue.set(keyOf(row, column), mark);
    cellOf(row, column).dataset.state = "waiting";
    if (canKeep) ready.then(() => page.queue.get(keyOf(row, column)) === mark && keepMark(owner, mark)).catch(() => {});
    tellLater();
    send();
  }

  /** One at a time, in the order in which they were typed; a mark typed again meanwhile leaves after the answer. */
  async function send() {
    if (page.sending || page.ended) return;
    page.sending = true;
    while (page.queue.size && !page.ended) {
      const [key, mark] = page.queue.entries().next().value;
      const answer = await post(mark);
      if (!answer || answer.status >= 500 || answer.status === 429) {
        page.waits = true;
        setTimeout(send, AGAIN);
        break;
      }
      page.waits = false;
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        page.ended = true;
        announceEnd();
        break;
      }
      await receive(key, mark, answer);
    }
    page.sending = false;
    tellLater();
  }

  async function post({ assessment, pupil, text, seen }) {
    const data = new FormData(form);
    for (const [name, value] of Object.entries({ eleve: pupil, note: text, version: seen })) data.set(name, value);
    try {
      return await fetch(table.dataset.cell.replace("/0/", `/${assessment.replace(/\D/g, "")}/`), {
        method: "POST", body: data, redirect: "manual", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      return null;
    }
  }

  async function receive(key, mark, answer) {
    const said = await answer.json().catch(() => ({ sentence: "Le serveur n’a pas répondu comme prévu. Rechargez la page." }));
    const [row, column] = placeOf(key);
    const cell = cellOf(row, column);
    const again = page.queue.get(key) !== mark;
    if (!again) page.queue.delete(key);
    if (!answer.ok) {
      if (again) page.queue.delete(key);
      return refuse(key, said.sentence, answer.status === 409 ? said : null);
    }
    cell.dataset.v = said.version;
    if (again) {
      page.queue.get(key).seen = said.version;
      return;
    }
    if (canKeep) await dropMark(owner, mark).catch(() => {});
    delete cell.dataset.state;
    const average = rows[row].line.cells[columns.length + 1];
    if (average) {
      average.textContent = said.average;
      average.className = `m${Math.floor(Number(said.average.replace(",", ".")))}`;
    }
    page.saved = said.saved_at;
    if (said.told) tellChange(key, said);
    if (said.panel) page.panel = { assessment: mark.assessment, html: said.panel };
    later(showColumn, "panel");
  }

  /** Of a mark that pupils read already: who reads the new one, and where the former one is kept. One line, however many changed. */
  function tellChange(key, { told, was }) {
    const [row, column] = placeOf(key);
    const item = document.createElement("li");
    const text = document.createElement("span");
    page.changed.add(key);
    const others = page.changed.size - 1;
    const more = others ? ` Et ${count(others, "autre note changée", "autres notes changées")}.` : "";
    text.textContent = `${rows[row].name}, ${columns[column].title} : ${told}${more}`;
    item.append(text, Object.assign(document.createElement("a"), { className: "link", href: was, textContent: "Ce qu’elle a été" }));
    page.told?.remove();
    page.told = item;
    problems.append(item);
  }

  // What must be looked at again

  /** A sentence, the way to its cell, and for a conflict both values. */
  function refuse(key, sentence, conflict = null) {
    const [row, column] = placeOf(key);
    settle(key);
    cellOf(row, column).dataset.state = "refused";
    const item = document.createElement("li");
    const text = document.createElement("span");
    text.textContent = `${rows[row].name}, ${columns[column].title} : ${sentence}`;
    item.append(text);
    const settled = (act) => () => {
      settle(key);
      act();
      open(row, column);
    };
    if (conflict) {
      const yours = textOf(row, column);
      cellOf(row, column).dataset.v = conflict.version;
      item.append(
        gesture(`Garder ${yours || "vide"}`, settled(() => enqueue(row, column, yours, conflict.version))),
        gesture(`Prendre ${conflict.theirs || "vide"}`, settled(() => take(row, column, conflict.theirs))),
      );
    } else item.append(gesture("Corriger", () => open(row, column)));
    page.refused.set(key, item);
    problems.append(item);
    tellLater();
  }

  /** A colleague's mark is there already: nothing to send. */
  function take(row, column, text) {
    show(row, column, text);
    delete cellOf(row, column).dataset.state;
    if (canKeep) dropMark(owner, { assessment: columns[column].assessment, pupil: rows[row].pupil }).catch(() => {});
  }

  function settle(key) {
    page.refused.get(key)?.remove();
    page.refused.delete(key);
    const [row, column] = placeOf(key);
    delete cellOf(row, column).dataset.state;
  }

  function announce(...sentences) {
    problems.querySelectorAll("[data-said]").forEach((one) => one.remove());
    for (const sentence of sentences) {
      const item = document.createElement("li");
      item.dataset.said = "";
      item.textContent = sentence;
      problems.append(item);
    }
  }

  function announceEnd() {
    const item = document.createElement("li");
    item.append("Votre session est terminée. Reconnectez-vous : ce que vous avez saisi est gardé sur cet appareil. ", gesture("Se reconnecter", () => location.reload()));
    problems.append(item);
  }

  // What the page says

  const timers = {};
  function later(act, name) {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(act, PAUSE);
  }
  const tellLater = () => later(tell, "status");

  function tell() {
    const waiting = page.queue.size;
    const words = page.refused.size ? `${count(page.refused.size, `${WORD} à revoir`, `${WORDS} à revoir`)}, au-dessus de la grille`
      : page.waits && waiting ? `Sans réseau : ${count(waiting, `${WORD} gardé${E}`, `${WORDS} gardé${E}s`)} ${canKeep ? "sur cet appareil" : "dans cette page"}`
      : waiting ? "Enregistrement…"
      : page.saved ? `Tout est enregistré, ${page.saved}` : "";
    if (status.textContent === words) return;
    status.hidden = !words;
    status.textContent = words;
    status.dataset.state = page.refused.size || page.waits ? "wait" : "done";
  }

  /** The card beside the grid follows the column in which one types. */
  async function showColumn() {
    const column = columns[page.here?.column ?? -1];
    const aside = document.querySelector("[data-column]");
    if (!column || !aside) return;
    if (page.panel?.assessment === column.assessment) {
      swap(page.panel.html);
      page.panel = null;
    } else if (aside.dataset.column !== column.assessment) {
      const address = new URL(location);
      address.searchParams.set("evaluation", column.assessment);
      const answer = await fetch(address, { redirect: "error" }).catch(() => null);
      const read = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-column]");
      if (!read) return;
      if (columns[page.here?.column ?? -1] !== column) return;
      aside.replaceWith(read);
    }
    for (const { head, assessment } of columns) head.classList.toggle("is-chosen", assessment === column.assessment);
  }

  function swap(html) {
    const read = new DOMParser().parseFromString(html, "text/html");
    document.querySelector("[data-spread]")?.replaceChildren(...read.body.childNodes);
  }

  // Gestures

  table.addEventListener("click", ({ target }) => {
    const cell = target.closest("tbody td");
    if (!cell || target === page.field || cell.cellIndex > columns.length) return;
    open(cell.parentElement.sectionRowIndex, cell.cellIndex - 1);
  });
  table.addEventListener("focusin", ({ target }) => {
    if (target.matches("td[tabindex]")) open(target.parentElement.sectionRowIndex, target.cellIndex - 1);
  });
  if (ofLevels) table.addEventListener("input", () => {
    if (!page.here || !ONE_KEY.test(page.field.value)) return;
    const { row, column } = page.here;
    go(row + 1, column) || go(0, column + 1) || stay();
  });
  table.addEventListener("focusout", ({ relatedTarget }) => {
    if (page.field && relatedTarget !== page.field && !page.field.matches(":focus")) setTimeout(() => page.field?.matches(":focus") || leave());
  });
  table.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!page.here || !/[\n\r\t]/.test(text.trim())) return;
    event.preventDefault();
    paste(text);
  });
  table.addEventListener("keydown", (event) => {
    if (!page.here || event.isComposing) return;
    const { row, column } = page.here;
    const act = gestureOf(event, row, column);
    if (act?.() === false) return;
    if (act) event.preventDefault();
  });

  function gestureOf(event, row, column) {
    const { key, shiftKey: shift } = event;
    const { selectionStart: from, selectionEnd: to, value } = page.field;
    const whole = from === 0 && to === value.length;
    if (event.ctrlKey || event.metaKey) {
      const changed = value.trim() !== page.here.text;
      return {
        z: shift ? () => undo(page.undone, page.done, "after") : () => (changed ? reset() : undo(page.done, page.undone, "before")),
        y: () => undo(page.undone, page.done, "after"),
        d: fillDown,
        Home: () => go(0, 0),
        End: () => go(rows.length - 1, columns.length - 1),
      }[key.length === 1 ? key.toLowerCase() : key];
    }
    if (event.altKey) return undefined;
    return {
      Enter: () => go(row + (shift ? -1 : 1), column) || stay(),
      ArrowDown: () => go(row + 1, column) || stay(),
      ArrowUp: () => go(row - 1, column) || stay(),
      ArrowRight: whole || from === value.length ? () => go(row, column + 1) : undefined,
      ArrowLeft: whole || to === 0 ? () => go(row, column - 1) : undefined,
      Tab: () => go(row, column + (shift ? -1 : 1)) || go(row + (shift ? -1 : 1), shift ? columns.length - 1 : 0),
      Escape: () => (value.trim() === page.here.text ? exit() : reset()),
    }[key];
  }

  /** The last pupil: what was typed is written, and the field stays. */
  function stay() {
    const { row, column, text } = page.here;
    if (page.field.value.trim() !== text) write([{ row, column, typed: page.field.value }]);
    page.field?.select();
  }

  function reset() {
    page.field.value = page.here.text;
    page.field.select();
  }

  function exit() {
    leave();
    document.querySelector("[data-after-grid]")?.focus();
  }

  // From one page to the next

  const ready = canKeep ? (async () => { if (met() !== owner) await arrive(owner); })() : Promise.resolve();

  /** What did not leave the last time: in its cell again, and sent. */
  async function takeUp() {
    await ready;
    for (const mark of await keptMarks(owner)) {
      const key = `${mark.assessment}:${mark.pupil}`;
      const [row, column] = placeOf(key);
      if (row < 0 || column < 0 || page.queue.has(key)) continue;
      if (textOf(row, column) === mark.text) {
        await dropMark(owner, mark);
        continue;
      }
      show(row, column, mark.text);
      enqueue(row, column, mark.text, mark.seen);
    }
  }
  if (canKeep) takeUp().catch(() => {});

  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => { if (document.hidden && page.field) stay(); });
  addEventListener("beforeunload", (event) => {
    leave();
    const lost = [...page.refused.keys()].length || (page.queue.size && !canKeep);
    if (lost) event.preventDefault();
  });

  const chosen = Math.max(0, heads.findIndex((head) => head.classList.contains("is-chosen")));
  if (rows.length && columns.length) cellOf(0, chosen).tabIndex = 0;
  document.querySelectorAll("[data-keys]").forEach((keys) => { keys.hidden = false; });
}

const nameOf = (line) => [...line.cells[0].childNodes].filter((node) => node.nodeName !== "SMALL").map((node) => node.textContent).join("").trim();
const count = (number, one, several) => `${number} ${number > 1 ? several : one}`;

if (table) start();
