// The exercises of a resource: « Vérifier » asks for one question alone (htmx), and what it says is announced. Enter in a
// field checks its own question, not the first of the page. Without this, the same buttons send the whole form.

for (const form of document.querySelectorAll("form[data-exercise]")) {
  const said = form.querySelector("[data-exercise-said]");

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input[type=text]")) return;
    event.preventDefault();
    event.target.closest(".question").querySelector("button[name=verifier]").click();
  });

  const score = form.querySelector("[data-exercise-score]");
  const filled = (words, ...values) => values.reduce((text, value) => text.replace("{}", value), words);

  /** Once each question has its answer: how many are right, and which to look at again. */
  const tally = () => {
    const questions = [...form.querySelectorAll(".question")];
    const states = questions.map((question) => question.querySelector(".answer")?.dataset.state ?? "missing");
    score.hidden = states.includes("missing");
    if (score.hidden) return;
    const again = questions.filter((_, rank) => states[rank] !== "right");
    score.dataset.state = again.length ? "wrong" : "right";
    const words = Object.assign(document.createElement("p"), { className: "answer-said", textContent: filled(score.dataset.sentence, questions.length - again.length, questions.length) });
    const links = document.createElement("p");
    if (again.length) links.append(`${score.dataset.again} `);
    again.forEach(({ id }, rank) => {
      const link = Object.assign(document.createElement("a"), { className: "link", href: `#${id}`, textContent: filled(score.dataset.one, id.replace("question-", "")) });
      links.append(...(rank ? [", ", link] : [link]));
    });
    score.replaceChildren(words, ...(again.length ? [links] : []));
  };

  form.addEventListener("htmx:afterSwap", ({ detail }) => {
    const question = document.getElementById(detail.target.id);
    if (!question) return;
    tally();
    const answer = question.querySelector(".answer-said")?.textContent.trim() ?? form.dataset.nothing;
    const why = question.querySelector(".answer[data-state=right] > p + p")?.textContent.trim() ?? "";
    said.textContent = "";
    // Said again even when it is the same as before.
    requestAnimationFrame(() => { said.textContent = `${answer} ${why}`.trim(); });
  });
}
