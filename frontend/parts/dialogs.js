// A <details data-dialog> opens as a native dialog: focus kept inside, Escape closes, focus back on its button.
// The very nodes move into the dialog and back, so that what was typed is never lost.

function dialogOf(details) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog-window";
  const title = document.createElement("h2");
  title.textContent = details.dataset.title;
  title.id = `dialogue-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  dialog.setAttribute("aria-labelledby", title.id);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "ds-button button dialog-close";
  close.dataset.variant = "tertiary";
  close.dataset.color = "accent";
  close.textContent = details.dataset.close;
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, close);
  return dialog;
}

function open(details) {
  const body = details.querySelector(".dialog-body");
  const dialog = dialogOf(details);
  dialog.firstChild.after(body);
  details.after(dialog);
  dialog.addEventListener("close", () => {
    details.append(body);
    dialog.remove();
    details.querySelector("summary").focus();
  });
  // A click on the shade around it closes it too.
  dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); });
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const details = event.target.closest("details[data-dialog] > summary")?.parentElement;
  if (!details) return;
  event.preventDefault();
  open(details);
});

// What refreshes itself waits while a question is open in it: the answer would vanish under one's fingers.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.querySelector("dialog[open]")) event.preventDefault();
});
