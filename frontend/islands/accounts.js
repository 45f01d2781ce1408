// Comforts of the pages of accounts: printing. Without it their buttons stay hidden.

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
