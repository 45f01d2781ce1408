// The form « Observer », with a network and without one: what is kept on the device, and what it says of it.
import { keepObservation, observations } from "./observations.js";
import { askForSync } from "./rolls.js";

/** `send(submitter)` sends one now; true when it has dealt with it. Returns what tells how many wait. */
export function observing(form, { owner, group, send }) {
  const said = document.querySelector("[data-observed]");
  const words = said.dataset;
  const chosen = (name) => form.elements[name].value;
  const hasPhoto = () => Boolean(form.elements.proof?.files.length || form.elements.photo?.checked);

  function tell(...sentences) {
    said.hidden = !sentences.length;
    said.dataset.state = "wait";
    said.textContent = sentences.join(" ");
  }

  async function tellWaiting(...more) {
    const count = (await observations(owner)).length;
    tell(...(count ? [count > 1 ? words.several.replace("#", count) : words.one, ...more] : []));
    return count;
  }

  async function keep(level) {
    const photo = hasPhoto();
    const one = { group, competence: chosen("competence"), pupil: chosen("eleve"), level, note: chosen("note").slice(0, 240), photo, stamp: chosen("contexte") };
    if (!(await keepObservation(owner, one))) return false;
    // The next pupil, the same competence.
    form.querySelectorAll("input[name=eleve]:checked, input[name=photo]:checked").forEach((box) => { box.checked = false; });
    form.elements.note.value = "";
    if (form.elements.proof) form.elements.proof.value = "";
    await tellWaiting(...(photo ? [words.photo] : []));
    await askForSync();
    return true;
  }

  form.addEventListener("submit", (event) => {
    const { submitter } = event;
    if (!submitter?.value) return;
    if (!chosen("competence") || !chosen("eleve")) {
      if (navigator.onLine && form.action && form.method === "post") return; // the server says what is missing
      event.preventDefault();
      tell(words.choose);
      form.querySelector("input[name=eleve]").focus();
      return;
    }
    event.preventDefault();
    if (form.hasAttribute("data-observing")) return;
    form.setAttribute("data-observing", "");
    (async () => (await send(submitter)) || (await keep(submitter.value)) || form.submit())()
      .catch(() => form.submit()).finally(() => form.removeAttribute("data-observing"));
  });
  return { tell, tellWaiting, hasPhoto };
}
