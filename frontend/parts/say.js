// What a script says in the messages of a page, as the server draws them; the layout's region is read by screen readers.
/** What a page says beside the button of its form, in the place of what it said there before; the place is a live region. */
export function sayBeside(form, tone, words, ...more) {
  const alert = drawn(tone, words, ...more);
  form.querySelector("[data-said-here]").replaceChildren(alert);
  return alert;
}

/** One message; returns its element. */
export function say(tone, words, ...more) {
  const alert = drawn(tone, words, ...more);
  document.getElementById("messages")?.append(alert);
  return alert;
}

function drawn(tone, words, ...more) {
  const icons = { success: "circle-check", warning: "alert-triangle", info: "info-circle" };
  const alert = document.createElement("div");
  alert.className = "alert";
  alert.dataset.tone = tone;
  alert.dataset.kept = "";
  const icon = document.createElement("span");
  icon.className = `icon icon-${icons[tone]}`;
  icon.setAttribute("aria-hidden", "true");
  const flow = document.createElement("div");
  flow.className = "flow";
  const text = document.createElement("p");
  text.textContent = words;
  flow.append(text, ...more);
  alert.append(icon, flow);
  return alert;
}

export function link(words, href) {
  const a = document.createElement("a");
  a.className = "link";
  a.href = href;
  a.textContent = words;
  return a;
}

export function gesture(words, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "ds-button button";
  button.dataset.variant = "secondary";
  button.dataset.color = "accent";
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}

