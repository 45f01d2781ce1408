// Roll call. With this script, choices survive a cut and a reload, and a validated roll leaves by itself when the network
// is back (docs/decisions/0086). Without it the form works the same, and is sent as any other.
import { askForSync, body, draftOf, follow as followOnDevice, keepDraft, keepLesson, queue, settle } from "../parts/rolls.js";
import { changedIn, follow, followSummary, marksOf, measure, putBack, pupilsOf, writeMinutes } from "../parts/roll_form.js";
import { gesture, say, sayBeside } from "../parts/say.js";
import { arrive, drop, met } from "../parts/store.js";

const PATIENCE = 8000; // milliseconds
const owner = document.documentElement.dataset.keptFor;

/** The lesson of the page, by the server's clock. */
function described(form) {
  const { pk, opens, starts, ends, now, until } = Object.fromEntries(Object.entries(form.dataset).map(([name, value]) => [name, Number(value)]));
  const names = new Map([...form.querySelectorAll(".roll [id^=eleve-]")].map((name) => {
    const group = name.parentElement.querySelector("[data-class]")?.textContent ?? "";
    return [Number(name.id.slice(6)), [name.textContent, group]];
  }));
  const pupils = pupilsOf(form).map((pupil) => {
    const [name, group] = names.get(pupil);
    return [pupil, name, form.elements[`seen-${pupil}`].value, group];
  });
  // A plan is read row by row; without a network the roll is a list, by name.
  if (form.querySelector(".roll-plan")) pupils.sort((one, other) => one[1].localeCompare(other[1], "fr"));
  return {
    lesson: {
      pk, opens, starts, ends, pupils,
      title: document.querySelector("h1").textContent,
      subtitle: document.querySelector(".page-subtitle")?.textContent ?? "",
      stamp: form.elements.contexte.value,
    },
    clock: { now, until },
  };
}

async function keepOnDevice(form, lesson, clock, redraw) {
  // A gesture may come before the device is ready: it is kept as soon as it can be, and is newer than any draft.
  const before = new Set();
  const notice = ({ target }) => before.add(Number(target.name.split("-")[1]));
  form.addEventListener("change", notice);
  if (met() !== owner) await arrive(owner);
  if (!(await keepLesson(owner, lesson, clock))) return false;
  const choices = (await draftOf(owner, lesson.pk))?.filter(([pupil]) => !before.has(pupil));
  // A page of mistakes or of conflicts says itself what was chosen.
  if (choices?.length && !form.querySelector(".roll-error") && putBack(form, choices)) {
    redraw(false);
    const words = choices.some((choice) => choice[4])
      ? "À vérifier : quelqu’un a noté autre chose. Vos choix sont gardés ci-dessous."
      : "Vos choix, pas encore validés, sont remis ci-dessous.";
    const alert = say("warning", words, gesture("Oublier mes choix", async () => {
      await settle(owner, lesson.pk);
      location.reload();
    }));
    alert.dataset.check = lesson.pk;
  }
  const keep = () => keepDraft(owner, lesson.pk, changedIn(marksOf(form))).catch(() => {});
  form.removeEventListener("change", notice);
  form.addEventListener("change", keep);
  if (before.size) await keep();
  return true;
}

async function sendNow(form, roll, shift) {
  const data = new FormData(form);
  for (const [name, value] of body(roll, shift)) data.set(name, value);
  return fetch(form.action, {
    method: "POST", body: data, headers: { "X-Upload": "1" }, redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
  });
}

function wait(form, lesson, marks) {
  follow(form, marks);
  form.removeAttribute("data-sent");
  document.querySelectorAll("[data-kept]").forEach((alert) => alert.remove());
  // Where the hand is: the messages of the page are far above a class of thirty.
  sayBeside(form, "warning", "Sans réseau : l’appel est gardé sur cet appareil et partira tout seul.");
  followOnDevice(owner, lesson.pk, marks);
  askForSync();
}

/** Nothing may be kept here: the browser sends it, unless it would show a page of its own in the place of what was chosen. */
function sendPlainly(form) {
  if (navigator.onLine) return form.submit();
  form.removeAttribute("data-sent");
  return sayBeside(form, "warning", "Sans réseau, et cet appareil ne peut rien garder : l’appel n’est pas parti. Restez ici et validez de nouveau quand le réseau revient.");
}

async function validate(form, lesson, shift) {
  const marks = marksOf(form);
  const roll = await queue(owner, lesson, marks);
  if (!roll) return sendPlainly(form);
  let answer;
  try {
    answer = navigator.onLine ? await sendNow(form, roll, shift) : null;
  } catch {
    answer = null;
  }
  if (!answer || answer.status >= 500) return wait(form, lesson, marks);
  await drop(owner, roll.id);
  const next = answer.headers.get("X-Next-Page");
  // Elsewhere than home: the session has ended. The page that asks to sign in keeps what a form has sent.
  if (!next || new URL(next, location).pathname !== "/") return form.submit();
  await settle(owner, lesson.pk);
  location.assign(next);
}

for (const form of document.querySelectorAll("form[data-roll]")) {
  const { lesson, clock } = described(form);
  const shift = clock.now - Date.now();
  const redraw = followSummary(form);
  measure(form, { starts: lesson.starts - shift, ends: lesson.ends - shift });
  let keeps = false;
  if (owner && globalThis.indexedDB && globalThis.crypto?.subtle && navigator.locks) {
    keepOnDevice(form, lesson, clock, redraw).then((done) => { keeps = done; }, () => {});
  }
  form.addEventListener("submit", (event) => {
    writeMinutes(form);
    // A lateness without its minutes is for the server to ask about.
    if (marksOf(form).some(([, status, minutes]) => status === "late" && !minutes)) return;
    if (!keeps || form.hasAttribute("data-sent")) return;
    event.preventDefault();
    form.setAttribute("data-sent", "");
    sayBeside(form, "info", "Envoi de l’appel…");
    validate(form, lesson, shift).catch(() => sendPlainly(form));
  });
}
