// What a teacher saw while the network was away, until the server has it (docs/decisions/0140). Kept as validated rolls are: encrypted, for a
// week, for this account's next session, under opaque numbers and no name. A photo or a sound is not kept: only that there was one.
//
//   seen:<when>:<n>   an observation to send, with the moment of the gesture
//   class:<group>     a class as its page « Observer » last showed it: names, gone with the session or tonight
//   sent:<when>:<n>   one that has left: the next page says so, once
//   photo:<when>:<n>  where to add the photo that was not kept
//   lost:<when>:<n>   one that the server refused, and why
import { all, drop, get, put } from "./store.js";

const WEEK = 7 * 24 * 3600_000; // milliseconds
const ANSWERED = 10_000;
const kept = { kind: "account" };

export const observations = (owner) => all(owner, "seen:");
export const photosToAdd = (owner) => all(owner, "photo:");
export const refusedObservations = (owner) => all(owner, "lost:");
export const forgetObservation = (owner, id) => drop(owner, id);

/** Keep one; false when nothing may be kept here. */
export function keepObservation(owner, one) {
  const at = Date.now();
  return put(owner, `seen:${String(at).padStart(15, "0")}:${crypto.randomUUID()}`, { ...one, at }, { ...kept, until: at + WEEK });
}

/** The class of a page, for when the network is away. */
export const keepClass = (owner, one) => put(owner, `class:${one.group}`, one, { kind: "session", until: new Date().setHours(24, 0, 0, 0) });
export const classOf = (owner, group) => get(owner, `class:${group}`);
export const observedClasses = async (owner) => (await all(owner, "class:")).map((one) => one.value);

/** Send one; « waiting » when it must wait. It leaves the device only once the server has answered. */
export async function sendObservation(owner, { id, value: one }, { csrf, now }) {
  const { group, competence, pupil, level, note, stamp, at, photo } = one;
  const data = new URLSearchParams({
    csrfmiddlewaretoken: csrf, contexte: stamp, competence, eleve: pupil, level, note, made_at: Math.floor((at + now - Date.now()) / 1000),
  });
  let answer;
  try {
    answer = await fetch(`/competences/classes/${group}/observer/envoi/`, { method: "POST", body: data, redirect: "manual", signal: AbortSignal.timeout(ANSWERED) });
  } catch {
    return "waiting";
  }
  if (answer.type === "opaqueredirect" || answer.status === 429 || answer.status >= 500) return "waiting";
  const said = await answer.json().catch(() => ({}));
  const to = (kind, value) => put(owner, id.replace("seen:", `${kind}:`), value, { ...kept, until: Date.now() + WEEK });
  if (answer.ok) {
    await to("sent", {});
    if (photo) await to("photo", { address: said.proof });
  } else await to("lost", { group, sentence: said.sentence ?? "elle n’a plus sa place dans cette classe." });
  await drop(owner, id);
  return "done";
}

/** How many have left since somebody was last told, told once. */
export async function sentObservations(owner) {
  const sent = await all(owner, "sent:");
  for (const { id } of sent) await drop(owner, id);
  return sent.length;
}
