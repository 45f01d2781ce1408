// A seating plan by drag: a pupil dropped on a place is chosen, and the button of that place pressed. Without this script the
// same form is filled by choosing a pupil, then a place.
const DATA = "text/plain";
const said = document.querySelector("[data-seating-said]");
const placeOf = (target) => target.closest?.("[data-seating] [data-place]");
let words = "";

function ready() {
  for (const pupil of document.querySelectorAll("[data-seating] .seat-pupil")) pupil.draggable = true;
}

function mark(place) {
  for (const other of document.querySelectorAll("[data-over]")) if (other !== place) other.removeAttribute("data-over");
  place?.setAttribute("data-over", "");
}

document.addEventListener("dragstart", (event) => {
  const pupil = event.target.closest?.(".seat-pupil");
  if (!pupil) return;
  const choice = pupil.querySelector("input");
  choice.checked = true;
  event.dataTransfer.setData(DATA, choice.value);
  event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragover", (event) => {
  const place = placeOf(event.target);
  mark(place);
  if (place) event.preventDefault();
});
document.addEventListener("dragend", () => mark(null));
document.addEventListener("drop", (event) => {
  const place = placeOf(event.target);
  const form = place?.closest("form");
  const choice = form && [...form.querySelectorAll("input[name=eleve]")].find((one) => one.value === event.dataTransfer.getData(DATA));
  if (!choice) return;
  event.preventDefault();
  mark(null);
  choice.checked = true;
  const button = [...form.querySelectorAll("button[name=place]")].find((one) => one.value === place.dataset.place);
  button?.click();
});

// What was done is heard: the page stays where it is.
document.addEventListener("submit", ({ target, submitter }) => {
  if (!target.matches?.("[data-seating]")) { words = submitter?.textContent.trim() ?? ""; return; }
  const pupil = target.querySelector("input[name=eleve]:checked")?.closest("label").textContent.trim();
  const list = target.querySelector("#id_vers").selectedOptions[0];
  const place = submitter?.getAttribute("aria-label")?.replace("Ici, ", "") ?? (submitter?.name ? "sans place" : list?.textContent);
  words = pupil ? `${pupil} : ${place}` : "";
}, true);
document.addEventListener("htmx:afterSettle", () => {
  ready();
  if (said && words) said.textContent = words;
});
ready();
