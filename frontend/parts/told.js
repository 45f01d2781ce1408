// A gesture whose page comes back nearly the same (`data-told`: the words that say it was kept) is told to screen readers, once.
const KEY = "preau-dit";
const region = Object.assign(document.createElement("div"), { className: "visually-hidden" });
region.setAttribute("role", "status");
document.body.append(region);

const keep = (words) => { try { words ? sessionStorage.setItem(KEY, words) : sessionStorage.removeItem(KEY); } catch { /* a browser that keeps nothing */ } };
function tell() {
  let words = null;
  try { words = sessionStorage.getItem(KEY); } catch { /* the same */ }
  if (!words) return;
  keep(null);
  // A region only says what enters it once it is there.
  setTimeout(() => { region.textContent = words; }, 150);
}

document.addEventListener("submit", ({ target }) => { if (target.dataset.told) { region.textContent = ""; keep(target.dataset.told); } });
document.addEventListener("htmx:afterSettle", tell);
for (const sad of ["htmx:sendError", "htmx:responseError"]) document.addEventListener(sad, () => keep(null));
tell();
