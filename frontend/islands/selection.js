// Tables whose rows can be chosen: how many are, and all of them at once; what to do with them shows once one is.
// Without it the boxes and the buttons work the same.

for (const form of document.querySelectorAll("form[data-selection]")) {
  const boxes = [...form.querySelectorAll("[data-pick]")];
  const all = form.querySelector("[data-selection-all]");
  const said = form.querySelector("[data-selection-count]");
  const bar = said.closest(".action-bar");

  const follow = () => {
    const count = boxes.filter((box) => box.checked).length;
    const { one, many } = said.dataset;
    said.textContent = count === 0 ? "" : (count === 1 ? one : many).replace("#", count);
    bar.toggleAttribute("data-idle", count === 0);
    all.textContent = count === boxes.length ? all.dataset.nothing : all.dataset.all;
  };
  form.addEventListener("change", follow);
  all.addEventListener("click", () => {
    const checked = boxes.some((box) => !box.checked);
    boxes.forEach((box) => { box.checked = checked; });
    follow();
  });
  all.hidden = boxes.length < 2;
  follow();
}
