// Rolls on a device: the registers of today, choices not yet validated, and validated rolls that wait for the network.
// Pages and the service worker share it (docs/decisions/0086).
//
//   lesson:<pk>   the register as the network last showed it: names, gone with the session
//   draft:<pk>    choices not validated, or to look at again; numbers only
//   op:<when>:<n> a roll to send, under the number by which the server knows it again; numbers only
//   check:<pk>    a roll that needs its teacher's eyes
//   told:<pk>     a roll that has left, perhaps with every page closed: the next page says so, once
import { observations, sendObservation } from "./observations.js";
import { all, arrive, drop, get, put } from "./store.js";

const HOUR = 3600_000;
const WEEK = 7 * 24 * HOUR; // as long as a teacher may correct a roll
const ANSWERED = 10_000; // milliseconds
export const TAG = "preau-garde";

export const address = (pk) => `/appel/${pk}/`;
const waitingFor = async (owner, pk) => (await all(owner, "op:")).filter((one) => one.value.pk === pk);

/** The moments of a lesson, by the clock of this device: « now » is the server's when it spoke. */
const here = (lesson, shift) => ({ ...lesson, opens: lesson.opens - shift, starts: lesson.starts - shift, ends: lesson.ends - shift });

/** Keep a register, unless a roll of it waits: what the teacher has said since is then in ours. */
export async function keepLesson(owner, lesson, { now, until }) {
  if ((await waitingFor(owner, lesson.pk)).length) return true;
  const shift = now - Date.now();
  return put(owner, `lesson:${lesson.pk}`, here(lesson, shift), { until: until - shift, kind: "session" });
}

export const lessonOf = (owner, pk) => get(owner, `lesson:${pk}`);
export const lessons = async (owner) => (await all(owner, "lesson:")).map((one) => one.value).sort((one, other) => one.starts - other.starts);
export const pending = (owner) => all(owner, "op:");
export const toCheck = (owner) => all(owner, "check:");

export const draftOf = (owner, pk) => get(owner, `draft:${pk}`);
export const keepDraft = (owner, pk, choices) => put(owner, `draft:${pk}`, choices, { until: Date.now() + WEEK, kind: "account" });
export async function settle(owner, pk) {
  await drop(owner, `draft:${pk}`);
  await drop(owner, `check:${pk}`);
}

/** Put a validated roll in the queue; returns its id there, or null when nothing may be kept here. */
export async function queue(owner, lesson, marks) {
  const at = Date.now();
  const id = `op:${String(at).padStart(15, "0")}:${crypto.randomUUID()}`;
  const roll = { id, pk: lesson.pk, title: lesson.title, stamp: lesson.stamp, at, marks };
  if (!(await put(owner, id, roll, { until: at + WEEK, kind: "account" }))) return null;
  await drop(owner, `draft:${lesson.pk}`);
  return roll;
}

/** The register on this device now says what was validated: the next roll of it starts from there. */
export async function follow(owner, pk, marks) {
  const known = (await all(owner, `lesson:${pk}`)).find((one) => one.id === `lesson:${pk}`);
  if (!known) return;
  const said = new Map(marks.map(([pupil, status, minutes]) => [pupil, seen(status, minutes)]));
  const pupils = known.value.pupils.map(([pupil, name, was, group]) => [pupil, name, said.get(pupil) ?? was, group]);
  await put(owner, known.id, { ...known.value, pupils }, { until: known.value.ends + WEEK / 7, kind: "session" });
}

export const seen = (status, minutes) => (status === "late" ? `late-${minutes}` : status);

export function body(roll, shift) {
  const data = new URLSearchParams({ contexte: roll.stamp, sending: roll.id.split(":")[2], made_at: Math.floor((roll.at + shift) / 1000) });
  for (const [pupil, status, minutes, was] of roll.marks) {
    data.set(`status-${pupil}`, status);
    data.set(`minutes-${pupil}`, minutes);
    data.set(`seen-${pupil}`, was);
  }
  return data;
}

/** Send one; whether it must wait. It leaves the queue only once the server has answered. */
async function send(owner, roll, { csrf, now }) {
  const data = body(roll, now - Date.now());
  data.set("csrfmiddlewaretoken", csrf);
  let answer;
  try {
    answer = await fetch(`${address(roll.pk)}envoi/`, { method: "POST", body: data, redirect: "manual", signal: AbortSignal.timeout(ANSWERED) });
  } catch {
    return "waiting";
  }
  if (answer.ok) await left(owner, roll);
  else if (answer.type === "opaqueredirect" || answer.status === 429 || answer.status >= 500) return "waiting";
  else await lookAgain(owner, roll, answer);
  await drop(owner, roll.id);
  return "done";
}

async function left(owner, roll) {
  await settle(owner, roll.pk);
  await put(owner, `told:${roll.pk}`, { pk: roll.pk, title: roll.title }, { until: Date.now() + HOUR, kind: "account" });
}

/** What has left since somebody was last told, told once. */
export async function news(owner) {
  const told = (await all(owner, "told:")).map((one) => one.value);
  for (const { pk } of told) await drop(owner, `told:${pk}`);
  return told;
}

/** Its choices become a draft of the page, with what was noted otherwise; nothing is dropped. */
async function lookAgain(owner, roll, answer) {
  const { conflicts } = await answer.json().catch(() => ({}));
  const mine = new Map(roll.marks.map(([pupil, status, minutes, was]) => [pupil, [status, minutes, was]]));
  const changed = [...mine].filter(([, [status, minutes, was]]) => seen(status, minutes) !== was);
  const choices = conflicts
    ? conflicts.map(({ pupil, theirs, mine: said, now, own }) => [pupil, mine.get(pupil)[0], mine.get(pupil)[1], now, { theirs, mine: said, own }])
    : changed.map(([pupil, choice]) => [pupil, ...choice]);
  await keepDraft(owner, roll.pk, choices);
  const what = { pk: roll.pk, title: roll.title, refused: !conflicts };
  await put(owner, `check:${roll.pk}`, what, { until: Date.now() + WEEK, kind: "account" });
}

/** Ask the network for what this device keeps, and send what waits, one page at a time: « here », « away » or « signed out ». */
export function sync(feed) {
  return navigator.locks.request(TAG, async () => {
    let answer;
    try {
      answer = await fetch(feed, { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(ANSWERED) });
    } catch {
      return "away";
    }
    if (answer.type === "opaqueredirect") return "signed out";
    if (!answer.ok) return "away";
    const day = await answer.json();
    await arrive(day.for);
    for (const lesson of day.lessons) await keepLesson(day.for, lesson, day);
    for (const { value: roll } of await pending(day.for)) {
      // In the order in which they were made.
      if ((await send(day.for, roll, day)) === "waiting") return "away";
    }
    for (const one of await observations(day.for)) if ((await sendObservation(day.for, one, day)) === "waiting") return "away";
    return "here";
  });
}

/** The browser itself will try again, pages closed or not, where it knows how. */
export async function askForSync() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register(TAG).catch(() => {});
}
