// What a cell of a gradebook means, and what a device keeps of it until the server has it. Numbers are whole hundredths.
import { all, drop, put } from "./store.js";

const WEEK = 7 * 24 * 3600_000; // milliseconds
const CODES = { A: "ABS", ABS: "ABS", D: "DISP", DISP: "DISP", N: "NN", NN: "NN", R: "NR", NR: "NR" };
const NUMBER = /^(\d{0,4})(?:[.,](\d{0,2}))?$/;
const LOW = 8; // out of 20

export function hundredths(text) {
  const found = NUMBER.exec(text);
  return found && text.length > text.replace(/\d/g, "").length ? Number(found[1] || 0) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

/** « 12,5 »: a comma, and no zero that says nothing. */
function written(value) {
  const cents = String(value % 100).padStart(2, "0").replace(/0+$/, "");
  return cents ? `${Math.floor(value / 100)},${cents}` : String(value / 100);
}

/** What was typed, as the grid shows it: { text }, or { text, problem } for what is no mark on this scale. */
export function markOf(typed, scale) {
  const text = typed.replace(/\s/g, "").toUpperCase();
  if (!text || CODES[text]) return { text: CODES[text] ?? "" };
  const value = hundredths(text.endsWith(`/${scale}`) ? text.slice(0, -scale.length - 1) : text);
  if (value === null) return { text: typed.trim(), problem: `une note sur ${scale}, ou ABS, DISP, NN, NR.` };
  if (value > hundredths(scale)) return { text: typed.trim(), problem: `${written(value)} dépasse le barème de ${scale}.` };
  return { text: written(value) };
}

const LEVEL_CODES = { A: "ABS", ABS: "ABS", D: "DISP", DISP: "DISP", N: "NE", NE: "NE" };

/** The same of a level, from 1 to 4. */
export function levelOf(typed) {
  const text = typed.replace(/\s/g, "").toUpperCase();
  if (!text || /^[1-4]$/.test(text)) return { text };
  return LEVEL_CODES[text] ? { text: LEVEL_CODES[text] } : { text: typed.trim(), problem: "un niveau de 1 à 4, ou ABS, DISP, NE." };
}

export function isLow(text, scale) {
  const value = hundredths(text);
  return value !== null && value * 20 < LOW * hundredths(scale);
}

/** The cells of what was copied elsewhere, line by line: [["12", "ABS"], …]. The last end of line is no line. */
export const linesOf = (text) => text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));

// mark:<assessment>:<pupil> holds what was typed and the version that the page had shown: numbers, a code and what addresses say of a pupil, no name.
const idOf = ({ assessment, pupil }) => `mark:${assessment}:${pupil}`;
export const keepMark = (owner, mark) => put(owner, idOf(mark), mark, { until: Date.now() + WEEK, kind: "account" });
export const dropMark = (owner, mark) => drop(owner, idOf(mark));
export const keptMarks = async (owner) => (await all(owner, "mark:")).map((one) => one.value);
