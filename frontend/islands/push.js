// « Prévenir cet appareil »: the browser subscribes to its push service, and the form takes what it gave to the server.
// Without this script, or where the browser cannot, the form stays hidden and the page says why.
import { refused, register } from "../parts/installed.js";

const form = document.querySelector("form[data-push]");
const said = document.querySelector("[data-push-said]");
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

async function subscribe() {
  await register();
  const { pushManager } = await navigator.serviceWorker.ready;
  // One made before, with another key or for somebody else, must not come back.
  await (await pushManager.getSubscription())?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) });
}

function release() {
  form.removeAttribute("data-sent");
  for (const control of form.elements) control.removeAttribute("aria-disabled");
}

async function ask(event) {
  if (form.elements.endpoint.value) return;
  event.preventDefault();
  try {
    if (await Notification.requestPermission() !== "granted") return void (said.textContent = said.dataset.denied);
    const { endpoint, keys } = (await subscribe()).toJSON();
    Object.assign(form.elements.endpoint, { value: endpoint });
    Object.assign(form.elements.p256dh, { value: keys.p256dh });
    Object.assign(form.elements.auth, { value: keys.auth });
    release();
    form.requestSubmit();
  } catch {
    said.textContent = said.dataset.failed;
  }
}

if (able && refused()) said.textContent = said.dataset.refused;
else if (able) {
  said.textContent = Notification.permission === "denied" ? said.dataset.denied : "";
  form.hidden = false;
  for (const name of ["endpoint", "p256dh", "auth"]) form.elements[name].value = "";
  form.addEventListener("submit", ask);
}
