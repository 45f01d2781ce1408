// A lesson dragged to another hour opens its form « Déplacer », filled with where it fell: nothing moves before it is sent.
// Without it, and at the keyboard, the same form opens from the page of the lesson. The week is a table, or drawn to scale.

const week = document.querySelector(".timetable, .plan[data-bells]");
const NEAR = 20;
let dragged = null;

const placeOf = (event) => dragged && event.target.closest("td[data-at], .plan-day:has([data-day])");

const mark = (place) => {
  for (const one of week.querySelectorAll("[data-over]")) one.removeAttribute("data-over");
  place?.setAttribute("data-over", "");
};

const clock = (minutes) => [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");

// The minute under the pointer: between the two hours of the scale around it, then the nearest hour at which lessons begin.
function minuteAt(height) {
  const hours = [...week.querySelectorAll(".plan-hours > li:not(.plan-now)")].map((one) => one.getBoundingClientRect().top);
  const after = hours.findIndex((top) => top > height);
  const index = after < 0 ? hours.length - 1 : Math.max(after - 1, 0);
  const size = (hours[index + 1] ?? 2 * hours[index] - hours[index - 1]) - hours[index];
  const minute = (Number(week.dataset.first) + index + (height - hours[index]) / size) * 60;
  const bell = week.dataset.bells.split(" ").map(Number).sort((a, b) => Math.abs(a - minute) - Math.abs(b - minute))[0];
  return Math.abs(bell - minute) <= NEAR ? bell : Math.round(minute / 5) * 5;
}

week?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".lesson[data-minutes]");
  dragged?.setAttribute("data-grip", event.clientY - dragged.getBoundingClientRect().top);
});
week?.addEventListener("dragover", (event) => {
  const place = placeOf(event);
  mark(place);
  if (place) event.preventDefault();
});
week?.addEventListener("dragend", () => {
  dragged = null;
  mark(null);
});
week?.addEventListener("drop", (event) => {
  const place = placeOf(event);
  if (!place || (place.matches("td") && place.contains(dragged))) return;
  event.preventDefault();
  const [jour, hour] = place.matches("td")
    ? place.dataset.at.split("T")
    : [place.querySelector("[data-day]").dataset.day, clock(minuteAt(event.clientY - Number(dragged.dataset.grip)))];
  const [hours, minutes] = hour.split(":").map(Number);
  const fin = clock(hours * 60 + minutes + Number(dragged.dataset.minutes));
  const lesson = dragged.matches("a") ? dragged : dragged.querySelector("a");
  location.assign(`${lesson.pathname}deplacer/?${new URLSearchParams({ jour, debut: hour, fin })}`);
});
