// The form of a roll, on its page and on the one that stands in without a network: its summary, the moment of a lateness,
// its choices read and put back.
const WORDS = { present: ["présent", "présents"], absent: ["absent", "absents"], late: ["retard", "retards"] };
const PAUSE = 700; // milliseconds
const MINUTE = 60_000;

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

/** The summary follows the choices at once; screen readers hear it when the teacher pauses. */
export function followSummary(form) {
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
  return follow;
}

const field = (form, name, pupil) => form.elements[`${name}-${pupil}`];
export const pupilsOf = (form) => [...form.querySelectorAll("input[name^=seen-]")].map((input) => Number(input.name.slice(5)));

/** A lateness is measured when it is noted, not when the roll is sent; what is typed is better than a clock. */
export function measure(form, lesson) {
  const longest = Math.floor((lesson.ends - lesson.starts) / MINUTE);
  form.addEventListener("change", ({ target }) => {
    if (!target.name.startsWith("status-") || target.value !== "late") return;
    const typed = field(form, "minutes", target.name.slice(7));
    // Once the lesson is over no clock tells any more: the minutes are asked for.
    if (Date.now() >= lesson.ends) { delete typed.dataset.clock; return; }
    const since = Math.floor((Date.now() - lesson.starts) / MINUTE);
    typed.dataset.clock = Math.max(1, Math.min(since, longest));
  });
}

/** [pupil, status, minutes, what was seen] of every line. */
export const marksOf = (form) => pupilsOf(form).map((pupil) => {
  const status = field(form, "status", pupil).value;
  const typed = field(form, "minutes", pupil);
  const minutes = status === "late" ? typed.value.trim() || typed.dataset.clock || "" : "";
  return [pupil, status, minutes, field(form, "seen", pupil).value];
});

/** What is written in the « minutes » fields goes with the form: without it the server would measure at another moment. */
export function writeMinutes(form) {
  for (const [pupil, , minutes] of marksOf(form)) if (minutes) field(form, "minutes", pupil).value = minutes;
}

const plain = (status, minutes) => (status === "late" ? `late-${minutes}` : status);
export const changedIn = (marks) => marks.filter(([, status, minutes, was]) => plain(status, minutes) !== was);

/** Put choices back; a fifth part says what somebody else noted meanwhile. Returns how many lines it found. */
export function putBack(form, choices) {
  let found = 0;
  for (const [pupil, status, minutes, was, clash] of choices) {
    const seen = field(form, "seen", pupil);
    if (!seen) continue;
    found += 1;
    field(form, "status", pupil).value = status;
    field(form, "minutes", pupil).value = minutes;
    seen.value = was;
    if (clash) note(seen.closest("li"), pupil, clash);
  }
  return found;
}

function note(line, pupil, { theirs, mine, own }) {
  const id = `erreur-${pupil}`;
  if (document.getElementById(id)) return;
  const words = document.createElement("p");
  words.className = "roll-error";
  words.id = id;
  words.textContent = `${own ? "Dans un autre onglet, vous avez" : "Quelqu’un a"} noté « ${theirs} ». Vous avez choisi « ${mine} » : validez de nouveau pour garder votre choix, ou changez-le.`;
  line.append(words);
  for (const input of line.querySelectorAll("input[type=radio]")) input.setAttribute("aria-describedby", id);
}

/** What has just been validated is what the page has now seen. */
export function follow(form, marks) {
  for (const [pupil, status, minutes] of marks) {
    field(form, "seen", pupil).value = plain(status, minutes);
    if (minutes) field(form, "minutes", pupil).value = minutes;
    document.getElementById(`erreur-${pupil}`)?.remove();
  }
}
