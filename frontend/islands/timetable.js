// A lesson dragged to another square opens its form « Déplacer », filled with where it fell: nothing moves before it is sent.
// Without it, and at the keyboard, the same form opens from the page of the lesson.

const table = document.querySelector(".timetable");
let dragged = null;

const squareOf = (event) => dragged && event.target.closest("td[data-at]");

const mark = (square) => {
  for (const one of table.querySelectorAll("[data-over]")) one.removeAttribute("data-over");
  square?.setAttribute("data-over", "");
};

const clock = (minutes) => [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");

table?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".lesson[data-minutes]");
});
table?.addEventListener("dragover", (event) => {
  const square = squareOf(event);
  mark(square);
  if (square) event.preventDefault();
});
table?.addEventListener("dragend", () => {
  dragged = null;
  mark(null);
});
table?.addEventListener("drop", (event) => {
  const square = squareOf(event);
  if (!square || square.contains(dragged)) return;
  event.preventDefault();
  const [jour, debut] = square.dataset.at.split("T");
  const [hours, minutes] = debut.split(":").map(Number);
  const fin = clock(hours * 60 + minutes + Number(dragged.dataset.minutes));
  location.assign(`${dragged.pathname}deplacer/?${new URLSearchParams({ jour, debut, fin })}`);
});
