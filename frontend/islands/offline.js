// The page /hors-ligne/: keeping nothing on this device, or again what shows without a network.
import { forgetFace, wear } from "../parts/face.js";
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
