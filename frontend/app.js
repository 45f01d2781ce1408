// Small comforts on top of pages that work without them.
import "./parts/dialogs.js";
import "./parts/drafts.js";
import "./parts/fields.js";
import "./parts/garde.js";
import "./parts/live.js";
import "./parts/messages.js";
import "./parts/told.js";
import { forgetFace, remember } from "./parts/face.js";
import { forget, refused, register } from "./parts/installed.js";
import { say } from "./parts/say.js";

remember();

document.getElementById("erreurs")?.focus();

// What was not sent, in the words of the forms that carry files (islands/upload.js).
let cut = null;
function sayCut() {
  cut?.remove();
  cut = say("warning", "L’envoi a été interrompu : il n’y a pas de réseau. Rien n’a été enregistré ; recommencez quand il sera revenu.");
  cut.scrollIntoView({ block: "nearest" });
}
addEventListener("online", () => cut?.remove());
document.addEventListener("htmx:sendError", ({ target }) => { if (target.closest?.("form[data-hx-boost]")) sayCut(); });

// One sending a form. Buttons are marked, not disabled: they keep the focus, and their own value is sent.
const markButtons = (form, sent) => {
  form.toggleAttribute("data-sent", sent);
  const buttons = [...form.elements].filter((control) => control.type === "submit");
  for (const button of buttons) sent ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled");
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("data-sent")) event.preventDefault();
  else if (!event.defaultPrevented && form.method === "post" && !navigator.onLine) {
    // The browser would show its own page in the place of this one, and what was typed in it.
    event.preventDefault();
    sayCut();
  } else if (!event.defaultPrevented && form.method === "post") markButtons(form, true);
  // Whatever becomes of the network: garde.js sees to the rest of what this device keeps.
  if (new URL(form.action).pathname === "/deconnexion/") forgetFace();
});
// Back from the next page: the browser may show this one as it was left.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => markButtons(form, false)));

// A phone shows the days of a week one under the other: it opens on today.
const arrives = performance.getEntriesByType("navigation")[0]?.type === "navigate" && !document.querySelector("#messages > *");
if (arrives && !location.hash && matchMedia("(width < 43.75rem)").matches) document.querySelector(".plan-day[data-today]:not(:first-child)")?.scrollIntoView();

// Menus close by Escape, by a click beside them, and when the focus leaves them.
const openMenus = () => document.querySelectorAll("details[data-menu][open]");
for (const gesture of ["click", "focusin"]) {
  document.addEventListener(gesture, ({ target }) => openMenus().forEach((menu) => { if (!menu.contains(target)) menu.open = false; }));
}
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of openMenus()) {
    const wasInside = menu.contains(document.activeElement);
    menu.open = false;
    if (wasInside) menu.querySelector("summary").focus();
  }
});

// After the page: keeping a few files is never more urgent than showing this one.
if ("serviceWorker" in navigator) addEventListener("load", () => {
  const wanted = document.querySelector("link[rel=manifest]") && !refused();
  (wanted ? register() : forget()).catch(() => {}); // a browser that refuses: the site works all the same
});

// A page that only carries something to another site goes on by itself; its button does the same.
document.querySelector("form[data-goes-on]")?.requestSubmit();
