// Comforts of the pages of accounts: seeing what one types, printing. Without it their boxes and buttons stay hidden.

for (const box of document.querySelectorAll("[data-reveal]")) {
  const typed = [...box.closest("form").querySelectorAll("input[type=password]")];
  box.hidden = false;
  box.querySelector("input").addEventListener("change", ({ target }) => typed.forEach((field) => { field.type = target.checked ? "text" : "password"; }));
}

for (const place of document.querySelectorAll("[data-print]")) {
  place.hidden = false;
  place.addEventListener("click", () => print());
}

// A download leaves the page where it is: its button must work again.
for (const form of document.querySelectorAll("form[data-download]")) {
  form.addEventListener("submit", () => setTimeout(() => {
    form.removeAttribute("data-sent");
    for (const control of form.elements) control.removeAttribute("aria-disabled");
  }, 3000));
}
