// The page /hors-ligne/: keeping nothing on this device, or again what shows without a network.
import { forgetFace, wear } from "../parts/face.js";
import { observedClasses } from "../parts/observations.js";
import { forgetAll, mayShow } from "../parts/store.js";
import { forget, REFUSED, refused, register } from "../parts/installed.js";

wear();
const place = document.querySelector("[data-installed]");
if (place && "serviceWorker" in navigator) {
  const [remove, keep, said] = ["remove", "keep", "said"].map((name) => place.querySelector(`[data-installed-${name}]`));
  const draw = () => {
    remove.hidden = refused();
    keep.hidden = !refused();
  };
  remove.addEventListener("click", async () => {
    localStorage.setItem(REFUSED, "1");
    forgetFace();
    await forget();
    await forgetAll().catch(() => {});
    draw();
    said.textContent = said.dataset.removed;
    keep.focus();
  });
  keep.addEventListener("click", async () => {
    localStorage.removeItem(REFUSED);
    await register();
    draw();
    said.textContent = said.dataset.kept;
    remove.focus();
  });
  place.hidden = false;
  draw();
}
const rolls = document.querySelector("[data-rolls]");
if (rolls) rolls.hidden = !mayShow();
// The classes where one may observe without a network: their pages have been opened today on this device.
const observing = document.querySelector("[data-observing]");
if (observing && mayShow()) observedClasses(mayShow()).then((classes) => {
  observing.hidden = !classes.length;
  observing.append(...classes.map(({ group, title }) => {
    const link = Object.assign(document.createElement("a"), { className: "link", href: `/competences/classes/${group}/observer/`, textContent: observing.dataset.words.replace("#", title) });
    const line = document.createElement("li");
    line.append(link);
    return line;
  }));
}).catch(() => {});
