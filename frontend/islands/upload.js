// Forms that carry files: how far the sending is. Without it the form is sent as any other.
// The server answers a success with the address to go to, not with a redirection: followed here, it would use up
// the messages meant for the page that comes next.

function show(form, answer) {
  const address = answer.getResponseHeader("X-Next-Page");
  if (address) return location.assign(address);
  // The same page again, with what remains to correct.
  const page = new DOMParser().parseFromString(answer.responseText, "text/html");
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.querySelectorAll("form[data-upload]").forEach(follow);
  document.dispatchEvent(new Event("preau:replaced"));
  document.getElementById("erreurs")?.focus();
}

function send(form, button) {
  const place = form.querySelector("[data-upload-progress]");
  const [said, bar] = [place.querySelector("p"), place.querySelector("progress")];
  const request = new XMLHttpRequest();
  let spoken = -1;
  // How far words alone are is nobody's question; that they did not leave is.
  place.hidden = ![...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);
  const tell = (percent) => {
    bar.value = percent;
    // Every tenth is said: a screen reader must not read a hundred numbers.
    if (Math.floor(percent / 10) === spoken) return;
    spoken = Math.floor(percent / 10);
    said.textContent = place.dataset.words.replace("#", spoken * 10);
  };
  const fail = () => {
    place.hidden = false;
    said.textContent = place.dataset.failed;
    form.removeAttribute("data-sent");
    for (const control of form.elements) control.removeAttribute("aria-disabled");
  };
  request.upload.addEventListener("progress", ({ loaded, total }) => tell((100 * loaded) / total));
  request.upload.addEventListener("load", () => { tell(100); said.textContent = place.dataset.received; });
  request.addEventListener("load", () => show(form, request));
  request.addEventListener("error", fail);
  request.addEventListener("abort", fail);
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "1");
  request.send(new FormData(form, button));
}

function follow(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.hasAttribute("data-sent")) return;
    form.setAttribute("data-sent", "");
    for (const control of form.elements) if (control.type === "submit") control.setAttribute("aria-disabled", "true");
    send(form, event.submitter);
  });
}

document.querySelectorAll("form[data-upload]").forEach(follow);
