// The page that stands in for a roll when the network is away: it shows what this device keeps of today, encrypted, for the
// session of this browser, and nothing to anybody else (docs/decisions/0086).
import { wear } from "../parts/face.js";
import { askForSync, draftOf, follow as followOnDevice, keepDraft, lessonOf, lessons, news, pending, queue, sync, toCheck } from "../parts/rolls.js";
import { changedIn, follow, followSummary, marksOf, measure, putBack } from "../parts/roll_form.js";
import { leave, mayShow, met } from "../parts/store.js";

wear();
const AGAIN = 20_000; // milliseconds
const place = document.querySelector("[data-without-network]");
const said = place.querySelector("[data-said]");
const pk = Number(location.pathname.match(/^\/appel\/(\d+)\/$/)?.[1]);

/** One of the sentences of the page, in its tone. */
function say(name) {
  const good = name === "sent";
  const alert = place.querySelector("[data-alert]");
  alert.dataset.tone = good ? "success" : "warning";
  alert.querySelector(".icon").className = `icon icon-${good ? "circle-check" : "alert-triangle"}`;
  said.textContent = said.dataset[name] ?? "";
}
const template = (name) => place.querySelector(`template[data-${name}]`).content.cloneNode(true);

function drawLine([pupil, name, was, group]) {
  const line = template("line");
  for (const element of line.querySelectorAll("*")) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replace(/-0$/, `-${pupil}`);
  }
  for (const words of line.querySelectorAll("[data-name], legend, .visually-hidden")) words.textContent = words.textContent.replace("{nom}", name);
  // A register kept before classes were said has none.
  line.querySelector("[data-class]").textContent = group ?? "";
  const [status, minutes] = was.split("-");
  // Of whoever came after the roll nothing is chosen beforehand.
  for (const input of line.querySelectorAll("input[type=radio]")) input.checked = input.value === status;
  line.querySelector("input[name^=minutes-]").value = minutes ?? "";
  line.querySelector("input[name^=seen-]").value = was;
  return line;
}

async function drawRoll(owner, lesson) {
  document.title = `Appel ${lesson.title} · Préau`;
  document.querySelector("h1").textContent = lesson.title;
  place.querySelector("[data-subtitle]").textContent = lesson.subtitle;
  if (Date.now() < lesson.opens) return say("early");
  place.append(template("roll"));
  const form = place.querySelector("form");
  // What becomes of the roll is said beside its button: the top of the page is off the screen.
  form.querySelector("[data-said-here]").append(place.querySelector("[data-alert]"), place.querySelector("[data-again]"));
  form.querySelector("ol").append(...lesson.pupils.map(drawLine));
  putBack(form, (await draftOf(owner, lesson.pk)) ?? []);
  const redraw = followSummary(form);
  measure(form, lesson);
  say((await pending(owner)).some((one) => one.value.pk === lesson.pk) ? "waits" : "away");
  form.addEventListener("change", () => keepDraft(owner, lesson.pk, changedIn(marksOf(form))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const marks = marksOf(form);
    if (!(await queue(owner, lesson, marks))) return say("refused");
    follow(form, marks);
    await followOnDevice(owner, lesson.pk, marks);
    redraw(false);
    say("waits");
    await askForSync();
    await trySending(owner);
  });
}

async function drawList(owner) {
  const known = await lessons(owner);
  const list = place.querySelector("[data-lessons]");
  list.replaceChildren(...known.map((lesson) => {
    const line = template("lesson");
    const link = line.querySelector("a");
    link.href = `/appel/${lesson.pk}/`;
    link.textContent = lesson.title;
    line.querySelector("span").textContent = lesson.subtitle;
    return line;
  }));
  say(known.length ? "choose" : "none");
}

/** What has become of the roll of this page: still waiting, gone, or to be looked at again. */
async function sayWhatBecame(owner) {
  const check = (await toCheck(owner)).find((one) => one.value.pk === pk)?.value;
  const sent = (await news(owner)).some((one) => one.pk === pk);
  if (check) say(check.refused ? "refused" : "check");
  else if (sent) say("sent");
}

async function trySending(owner) {
  const waits = (await pending(owner)).length;
  const state = await sync(place.dataset.feed);
  if (state === "signed out" && waits) say("signin");
  if (state !== "away") place.querySelector("[data-again]").hidden = false;
  await sayWhatBecame(owner);
}

async function start() {
  const owner = mayShow();
  if (!owner) {
    if (met()) await leave();
    return say("none");
  }
  const lesson = pk ? await lessonOf(owner, pk) : null;
  if (lesson) await drawRoll(owner, lesson);
  else await drawList(owner);
  const now = () => trySending(owner).catch(() => {});
  addEventListener("online", now);
  // The worker may have been quicker.
  navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data?.rolls) sayWhatBecame(owner); });
  setInterval(async () => { if (navigator.onLine && (await pending(owner)).length) now(); }, AGAIN);
  return navigator.onLine ? now() : undefined;
}

start().catch(() => say("none"));
