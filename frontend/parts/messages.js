// Screen readers only say what enters a live region after the page is loaded: put the messages in again, where they are, so that
// nothing moves under a finger.
const messages = document.getElementById("messages");
if (messages?.childElementCount) setTimeout(() => messages.append(...messages.children), 100);

const show = (root) => root.querySelectorAll("[data-dismiss]").forEach((button) => { button.hidden = false; });
show(document);
if (messages) new MutationObserver(() => show(messages)).observe(messages, { childList: true });
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-dismiss]");
  if (!button) return;
  button.closest(".alert").remove();
  // The focus must not fall off the page with its button.
  document.getElementById("contenu")?.focus();
});
