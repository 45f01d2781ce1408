// The exercises of a resource: « Vérifier » asks for one question alone (htmx), and what it says is announced. Enter in a
// field checks its own question, not the first of the page. Without this, the same buttons send the whole form.

for (const form of document.querySelectorAll("form[data-exercise]")) {
  const said = form.querySelector("[data-exercise-said]");

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input[type=text]")) return;
    event.preventDefault();
    event.target.closest(".question").querySelector("button[name=verifier]").click();
  });

  form.addEventListener("htmx:afterSwap", ({ detail }) => {
    const question = document.getElementById(detail.target.id);
    if (!question) return;
    const answer = question.querySelector(".answer-said")?.textContent.trim() ?? form.dataset.nothing;
    const why = question.querySelector(".answer[data-state=right] > p + p")?.textContent.trim() ?? "";
    said.textContent = "";
    // Said again even when it is the same as before.
    requestAnimationFrame(() => { said.textContent = `${answer} ${why}`.trim(); });
  });
}
