// What a field says while one types.
const PAUSE = 700; // milliseconds: a screen reader hears the count when the typing pauses

for (const box of document.querySelectorAll("[data-reveal]")) {
  const typed = [...box.closest("form").querySelectorAll("input[type=password]")];
  box.hidden = false;
  box.querySelector("input").addEventListener("change", ({ target }) => typed.forEach((field) => { field.type = target.checked ? "text" : "password"; }));
}

for (const note of document.querySelectorAll("[data-count]")) {
  const field = document.getElementById(note.dataset.count);
  const voice = document.createElement("span");
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  note.after(voice);
  // Past the limit the text is kept and the page says so: a browser that cuts what is pasted loses words in silence.
  field.removeAttribute("maxlength");
  let timer;
  const follow = (aloud) => {
    const left = Number(note.dataset.most) - field.value.length;
    note.textContent = (left < 0 ? note.dataset.over : note.dataset.left).replace("#", Math.abs(left));
    note.toggleAttribute("data-over-limit", left < 0);
    clearTimeout(timer);
    if (aloud) timer = setTimeout(() => { voice.textContent = note.textContent; }, PAUSE);
  };
  field.addEventListener("input", () => follow(true));
  follow(false);
}

// A question that another opens is there once it does: without this script it stays, and its hint says when it is to be answered.
for (const form of new Set([...document.querySelectorAll("[data-only-if]")].map((box) => box.closest("form")))) {
  const boxes = [...form.querySelectorAll("[data-only-if]")]; // in their order: the one that opens another comes before it
  const isSaid = ({ dataset }) => [...form.elements].some((one) => one.name === dataset.onlyIf && one.checked && one.value === dataset.answer && !one.closest("[data-only-if][hidden]"));
  const follow = () => boxes.forEach((box) => { box.hidden = !isSaid(box); });
  form.addEventListener("change", follow);
  addEventListener("pageshow", follow); // the browser may put back what was chosen
  follow();
}
