// Forms that carry files: how far the sending is. Without it the form is sent as any other.
// The server answers a success with the address to go to, not with a redirection: followed here, it would use up
// the messages meant for the page that comes next.
// Where the form says that it may (`data-parts`), what is heavy goes by parts, each file to its place, and is not sent again from its beginning.

import { shrink } from "../parts/photos.js";
import { Refused, sendByParts } from "../parts/by_parts.js";

const HEAVY = 1024 * 1024;

function show(form, answer) {
  const address = answer.getResponseHeader("X-Next-Page");
  if (address) return location.assign(address), true;
  // The same page again, with what remains to correct.
  const page = new DOMParser().parseFromString(answer.responseText, "text/html");
  const main = page.querySelector("main");
  if (!main) return false; // not a page of the site: what was typed stays
  document.querySelector("main").replaceWith(main);
  window.htmx?.process(main); // a draft goes on being kept after a refusal
  document.querySelectorAll("form[data-upload]").forEach(follow);
  document.dispatchEvent(new Event("preau:replaced"));
  document.getElementById("erreurs")?.focus();
  return true;
}

function progressOf(form) {
  const place = form.querySelector("[data-upload-progress]");
  const [said, bar] = [place.querySelector("p"), place.querySelector("progress")];
  let spoken = -1;
  // How far words alone are is nobody's question; that they did not leave is.
  place.hidden = ![...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);
  return {
    words: place.dataset,
    say(words) { spoken = -1; said.textContent = words; },
    tell(percent) {
      bar.value = percent;
      // Every tenth is said: a screen reader must not read a hundred numbers.
      if (Math.floor(percent / 10) === spoken) return;
      spoken = Math.floor(percent / 10);
      said.textContent = place.dataset.words.replace("#", spoken * 10);
    },
    fail(words) {
      place.hidden = false;
      said.textContent = words;
      form.removeAttribute("data-sent");
      form.dispatchEvent(new Event("preau:unsent"));
      for (const control of form.elements) control.removeAttribute("aria-disabled");
    },
  };
}

function send(form, data, progress, failed = progress.words.failed) {
  const request = new XMLHttpRequest();
  const fail = () => progress.fail(failed);
  request.upload.addEventListener("progress", ({ loaded, total }) => progress.tell((100 * loaded) / total));
  request.upload.addEventListener("load", () => { progress.tell(100); progress.say(progress.words.received); });
  request.addEventListener("load", () => { if (!show(form, request)) fail(); });
  request.addEventListener("error", fail);
  request.addEventListener("abort", fail);
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "1");
  request.send(data);
}

// What is in its folder already, of a form whose next file was refused.
const arrived = new WeakMap();

async function sendHeavy(form, heavy, progress) {
  const total = heavy.reduce((sum, file) => sum + file.size, 0);
  let [before, next] = [0, ""];
  for (const file of heavy) {
    next = arrived.get(file) ?? await sendByParts(file, {
      address: form.dataset.parts,
      goesTo: form.dataset.goesTo,
      token: form.elements.csrfmiddlewaretoken.value,
      signal: new AbortController().signal,
      tell: (offset) => progress.tell((100 * (before + offset)) / total),
      waits: () => progress.say(progress.words.waits),
      stopped: progress.words.stopped,
    });
    arrived.set(file, next);
    before += file.size;
  }
  return next;
}

async function sendAll(form, button) {
  const progress = progressOf(form);
  // What is handed in or joined is a photo of something; a folder keeps the picture itself.
  if (!form.dataset.parts) await shrink(form.querySelectorAll("input[type=file]"));
  const data = new FormData(form, button);
  const fields = form.dataset.parts ? form.querySelectorAll("input[type=file]") : [];
  const heavy = [...fields].flatMap((field) => [...field.files]).filter((file) => file.size > HEAVY);
  if (!heavy.length) return send(form, data, progress);
  // What was chosen when it was sent: another choice may be made meanwhile.
  let light = 0;
  for (const field of fields) {
    const files = [...field.files].filter((file) => file.size <= HEAVY);
    data.delete(field.name);
    for (const file of files) data.append(field.name, file);
    light += files.length;
  }
  let next;
  try {
    next = await sendHeavy(form, heavy, progress);
  } catch (error) {
    return progress.fail(error instanceof Refused ? error.message : progress.words.stopped);
  }
  if (light) return send(form, data, progress, progress.words.stopped);
  progress.say(progress.words.received);
  location.assign(next);
}

function follow(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.hasAttribute("data-sent")) return;
    form.setAttribute("data-sent", "");
    for (const control of form.elements) if (control.type === "submit") control.setAttribute("aria-disabled", "true");
    sendAll(form, event.submitter);
  });
}

document.querySelectorAll("form[data-upload]").forEach(follow);
