// Roll call: the summary follows the choices at once; screen readers hear it when the teacher pauses.
// Without this script the form works the same, and the summary is the one of the last page load.
const WORDS = { present: ["présent", "présents"], absent: ["absent", "absents"], late: ["retard", "retards"] };
const PAUSE = 700; // milliseconds

const count = (form, status) => form.querySelectorAll(`input[name^="status-"][value="${status}"]:checked`).length;
// In French zero is singular.
const word = (status, number) => WORDS[status][number >= 2 ? 1 : 0];

function draw(summary, counts) {
  summary.replaceChildren(...counts.flatMap(([status, number], place) => {
    const figure = document.createElement("strong");
    figure.textContent = number;
    return [place ? " · " : "", figure, ` ${word(status, number)}`];
  }));
}

for (const form of document.querySelectorAll("form[data-roll]")) {
  const summary = form.querySelector("[data-roll-summary]");
  const voice = document.createElement("p");
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  form.append(voice);

  let timer;
  const follow = (aloud) => {
    draw(summary, Object.keys(WORDS).map((status) => [status, count(form, status)]));
    clearTimeout(timer);
    if (aloud) timer = setTimeout(() => { voice.textContent = summary.textContent; }, PAUSE);
  };
  form.addEventListener("change", (event) => { if (event.target.name.startsWith("status-")) follow(true); });
  follow(false); // the browser may have kept choices from before a reload
}
