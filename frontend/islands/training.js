// Training against the clock: the time left is drawn again each minute, and said at the moments that matter. Without this,
// « Dire le temps qui reste » asks the server.

const SAID_AT = [60, 30, 15, 10, 5, 2, 1, 0];

for (const bar of document.querySelectorAll("[data-training]")) {
  // The server says what is left: the clock of a browser may be wrong.
  const ends = Date.now() + Number(bar.dataset.left) * 1000;
  const shown = bar.querySelector("[data-training-left]");
  const said = bar.querySelector("[data-training-said]");
  let before = null;

  const sentence = (left) => {
    if (left === 0) return bar.dataset.over;
    return left === 1 ? bar.dataset.one : bar.dataset.many.replace("{}", left);
  };

  const tell = () => {
    const left = Math.max(0, Math.ceil((ends - Date.now()) / 60000));
    if (left === before) return;
    shown.textContent = sentence(left);
    if (before !== null && SAID_AT.includes(left)) said.textContent = sentence(left);
    before = left;
    if (left === 0) clearInterval(timer);
  };

  const timer = setInterval(tell, 1000);
  tell();
}
