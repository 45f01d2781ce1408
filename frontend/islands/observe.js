// Observing in class (competences:observe). With this script an observation made without a network is kept on this device, and leaves by itself
// when the network is back (docs/decisions/0086 and 0140). Without it, the form is sent as any other.
import { refused } from "../parts/installed.js";
import { keepClass } from "../parts/observations.js";
import { observing } from "../parts/observe_form.js";
import { arrive, met } from "../parts/store.js";

const PATIENCE = 8000; // milliseconds
const WITH_A_FILE = 60_000;
const { keptFor: owner, feed } = document.documentElement.dataset;

/** The class as this page shows it, for the page that stands in for it without a network. */
function described(form, group) {
  const option = ({ value, label }) => [value, label];
  const { competence, contexte } = form.elements;
  return {
    group, feed, stamp: contexte.value,
    title: document.querySelector(".page-subtitle").textContent,
    chosen: competence.value,
    competences: [...competence.querySelectorAll("optgroup")].map((one) => [one.label, [...one.children].map(option)]),
    pupils: [...form.querySelectorAll("input[name=eleve]")].map((radio) => [radio.value, radio.nextElementSibling.textContent]),
    levels: [...form.querySelectorAll("button[name=level]")].map((button) => [button.value, button.textContent.trim(), button.dataset.palette]),
  };
}

async function start(form) {
  const group = Number(location.pathname.match(/\/classes\/(\d+)\//)[1]);

  async function send(submitter) {
    const data = new FormData(form, submitter);
    let answer = null;
    try {
      const signal = AbortSignal.timeout(page.hasPhoto() ? WITH_A_FILE : PATIENCE);
      if (navigator.onLine) answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Upload": "1" }, redirect: "manual", signal });
    } catch {
      // Nobody answered.
    }
    if (!answer || answer.status >= 500) return false;
    const next = answer.headers.get("X-Next-Page");
    if (next && new URL(next, location).pathname === location.pathname) location.assign(next);
    else {
      // A mistake, or a session that has ended: the browser shows the page, and what was typed is in it.
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
      form.submit();
    }
    return true;
  }

  const page = observing(form, { owner, group, send });
  document.addEventListener("preau:observed", () => page.tellWaiting().catch(() => {}));
  await keepClass(owner, described(form, group));
  await page.tellWaiting();
}

const form = document.querySelector("form[data-observe]");
// Who wants this device to keep nothing sends a plain form.
if (form && owner && !refused() && globalThis.indexedDB && globalThis.crypto?.subtle && navigator.locks) {
  (met() === owner ? Promise.resolve() : arrive(owner)).then(() => start(form)).catch(() => {});
}
