// The page that stands in for « Observer » when the network is away: it shows the class that this device keeps of today, encrypted, for the
// session of this browser, and nothing to anybody else (docs/decisions/0086 and 0140).
import { wear } from "../parts/face.js";
import { classOf, observations } from "../parts/observations.js";
import { observing } from "../parts/observe_form.js";
import { sync } from "../parts/rolls.js";
import { leave, mayShow, met } from "../parts/store.js";

wear();
const AGAIN = 20_000; // milliseconds
const place = document.querySelector("[data-observe-without-network]");
const said = place.querySelector("[data-said]");
const group = Number(location.pathname.match(/\/classes\/(\d+)\//)?.[1]);
const say = (name) => { said.textContent = said.dataset[name]; };
const template = (name) => place.querySelector(`template[data-${name}]`).content.cloneNode(true);
const option = ([value, label]) => Object.assign(document.createElement("option"), { value, label, textContent: label });

function draw(one) {
  document.title = `Observer, ${one.title} · Préau`;
  document.querySelector("h1").textContent = `Observer, ${one.title}`;
  place.append(template("form"));
  const form = place.querySelector("form");
  form.elements.contexte.value = one.stamp;
  form.elements.competence.replaceChildren(...one.competences.map(([label, held]) => {
    const domain = Object.assign(document.createElement("optgroup"), { label });
    domain.append(...held.map(option));
    return domain;
  }));
  form.elements.competence.value = one.chosen;
  form.querySelector("[data-pupils]").append(...one.pupils.map(([value, name]) => {
    const line = template("pupil");
    line.querySelector("input").value = value;
    line.querySelector("span").textContent = name;
    return line;
  }));
  for (const [value, word, palette] of one.levels) {
    const button = form.querySelector(`button[value="${value}"]`);
    button.dataset.palette = palette;
    button.querySelector("[data-word]").textContent = word;
  }
  return form;
}

async function start() {
  const owner = mayShow();
  if (!owner) {
    if (met()) await leave();
    return say("none");
  }
  const one = group ? await classOf(owner, group) : null;
  if (!one) return say("none");
  say("away");
  const page = observing(draw(one), { owner, group, send: async () => false });
  await page.tellWaiting();
  async function trySending() {
    const waited = (await observations(owner)).length;
    const state = await sync(one.feed);
    if (state === "signed out" && waited) say("signin");
    if (state !== "away") place.querySelector("[data-again]").hidden = false;
    if (state === "here") say("back");
    await page.tellWaiting();
  }
  const now = () => trySending().catch(() => {});
  addEventListener("online", now);
  navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data?.rolls) page.tellWaiting(); });
  setInterval(async () => { if (navigator.onLine && (await observations(owner)).length) now(); }, AGAIN);
  return navigator.onLine ? now() : undefined;
}

start().catch(() => say("none"));
