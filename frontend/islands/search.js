// The search box: results under it as one types, arrow keys from the box through them, Escape back to it, Ctrl K from
// anywhere. Without it the box is a form, and its page shows the results.

const TOO_OFTEN = 429;

for (const form of document.querySelectorAll("form[data-search]")) {
  const box = form.querySelector("input[type=search]");
  const results = form.querySelector("[data-search-results]");
  const said = form.querySelector("[data-search-said]");
  const isPanel = results.hidden;
  const close = () => { if (isPanel) results.hidden = true; };
  const links = () => [...results.querySelectorAll("a.hit")];

  for (const key of form.querySelectorAll(".search-key")) key.hidden = false;

  // A refusal is an answer too: it says how long to wait.
  form.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status === TOO_OFTEN) Object.assign(detail, { shouldSwap: true, isError: false });
  });
  form.addEventListener("htmx:afterSwap", () => {
    if (isPanel) results.hidden = !box.value.trim();
    said.textContent = results.querySelector(".search-state")?.textContent.trim() ?? "";
  });
  box.addEventListener("input", () => { if (!box.value.trim()) close(); });
  box.addEventListener("focus", () => { if (isPanel && box.value.trim() && results.childElementCount) results.hidden = false; });

  form.addEventListener("keydown", (event) => {
    const places = [box, ...links()];
    const here = places.indexOf(document.activeElement);
    if (event.key === "Escape" && isPanel && !results.hidden) {
      box.focus();
      close();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && here >= 0 && !results.hidden) {
      const next = places[here + (event.key === "ArrowDown" ? 1 : -1)];
      next?.focus();
    } else return;
    event.preventDefault();
  });
  form.addEventListener("focusout", ({ relatedTarget }) => { if (!form.contains(relatedTarget)) close(); });
}

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
  const box = [...document.querySelectorAll("form[data-search] input[type=search]")].find((field) => field.checkVisibility());
  event.preventDefault();
  if (box) box.select();
  else document.querySelector("a.search-link")?.click();
  box?.focus();
});
