// A medium sent by parts, where a form would send it whole.

import { Refused, sendByParts } from "../parts/by_parts.js";

function follow(form) {
  const [field, place, button] = [form.elements.fichier, form.querySelector("[data-place]"), form.querySelector("[type=submit]")];
  const [said, bar, stop] = [place.querySelector("[role=status]"), place.querySelector("progress"), place.querySelector("[data-stop]")];
  let [stopping, spoken] = [null, ""];

  const say = (words) => { if (words !== spoken) said.textContent = spoken = words; };
  // Every tenth is said: a screen reader must not read a hundred numbers.
  const tell = (offset, size) => {
    bar.value = (100 * offset) / size;
    say(place.dataset.words.replace("#", Math.floor((10 * offset) / size) * 10));
  };

  const send = (file) => sendByParts(file, {
    address: form.dataset.mediaSend,
    token: form.elements.csrfmiddlewaretoken.value,
    signal: stopping.signal,
    tell,
    waits: () => say(place.dataset.waits),
    stopped: place.dataset.stopped,
  });

  form.addEventListener("submit", async (event) => {
    const file = field.files[0];
    event.preventDefault();
    if (!file) return field.focus();
    place.hidden = false;
    if (file.size > Number(form.dataset.most)) return say(form.dataset.tooHeavy);
    stopping = new AbortController();
    [stop.hidden, button.disabled, field.disabled] = [false, true, true];
    try {
      const next = await send(file);
      bar.value = 100;
      say(place.dataset.received);
      location.assign(next);
    } catch (error) {
      say(error instanceof Refused ? error.message : place.dataset.stopped);
      [stop.hidden, button.disabled, field.disabled] = [true, false, false];
      button.focus();
    }
  });
  stop.addEventListener("click", () => stopping?.abort());
}

document.querySelectorAll("form[data-media-send]").forEach(follow);
