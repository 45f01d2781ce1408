// Tables whose rows can be chosen: how many are, and all of them at once. Without it the boxes and the buttons work the same.

for (const form of document.querySelectorAll("form[data-selection]")) {
  const boxes = [...form.querySelectorAll("[data-pick]")];
  const all = form.querySelector("[data-selection-all]");
  const said = form.querySelector("[data-selection-count]");

  const follow = () => {
    const count = boxes.filter((box) => box.checked).length;
    const { none, one, many } = said.dataset;
    said.textContent = (count === 0 ? none : count === 1 ? one : many).replace("#", count);
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
