// The editor of formatted texts: takes the place of the text area of `ui.rich_field`, whose toolbar and questions the page holds,
// hidden. What it writes is cleaned by the server, whatever it is.
import { Editor } from "@tiptap/core";
import { askFormula, askLink, DO, follow, forms, pasted, rove, show } from "../parts/editor.js";

/** HTML of ours, and not words that begin with the sign: « <3 ». */
const isMarkup = (text) => /^\s*<[a-z]/i.test(text);

/** What was typed in the text area before this script came, or what a browser put back there: HTML of ours, or lines. */
function typedIn(area) {
  if (isMarkup(area.value)) return area.value;
  return area.value.split("\n").map((line) => Object.assign(document.createElement("p"), { textContent: line }).outerHTML).join("");
}

function mount(place) {
  if (place.dataset.mounted !== undefined) return;
  place.dataset.mounted = "";
  const area = place.querySelector("textarea");
  const typed = area.value !== area.defaultValue, writes = document.activeElement === area;
  // Signs of before and words of now stand together: whoever began with the text area goes on with it.
  if (typed && area.defaultValue && !isMarkup(area.value)) return;
  const toolbar = place.querySelector("[role=toolbar]");
  const hints = [...place.querySelectorAll("[data-plain-only]")];
  const described = (area.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !hints.some((hint) => hint.id === id));
  const label = place.querySelector("label");
  const attributes = { role: "textbox", "aria-multiline": "true", "aria-labelledby": label.id, id: area.id, class: "rich rich-input ds-input" };
  if (described.length) attributes["aria-describedby"] = described.join(" ");
  if (area.getAttribute("aria-invalid")) attributes["aria-invalid"] = "true";
  const box = document.createElement("div");
  area.after(box);
  area.removeAttribute("id");
  area.required = false;
  area.hidden = true;
  hints.forEach((hint) => { hint.hidden = true; });
  // It tells the server that HTML is sent, and not signs.
  const form = Object.assign(document.createElement("input"), { type: "hidden", name: `${place.dataset.name}-forme`, value: "html" });
  area.after(form);
  const buttons = [...toolbar.querySelectorAll("button")];
  const keep = ({ editor }) => {
    area.value = editor.isEmpty ? "" : editor.getHTML();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const editor = new Editor({
    element: box,
    injectCSS: false,
    content: typed ? typedIn(area) : place.dataset.html,
    editorProps: { attributes, transformPastedHTML: pasted },
    extensions: forms(),
    onUpdate: keep,
    onTransaction: ({ editor: present }) => show(present, buttons),
  });
  area.value = editor.isEmpty ? "" : editor.getHTML();
  const act = (name) => {
    if (name === "link") askLink(editor, place);
    else if (name === "formula") askFormula(editor, place);
    else DO[name](editor.chain().focus()).run();
  };
  // What a draft puts back (parts/drafts.js).
  place.addEventListener("preau:written", ({ detail }) => editor.commands.setContent(detail, { emitUpdate: true }));
  toolbar.hidden = false;
  rove(toolbar);
  buttons.forEach((button) => button.addEventListener("click", () => act(button.dataset.do)));
  label.addEventListener("click", () => editor.commands.focus());
  follow(editor, toolbar, act);
  show(editor, buttons);
  if (writes) editor.commands.focus("end");
}

const mountAll = () => document.querySelectorAll("[data-richtext]").forEach(mount);
mountAll();
document.addEventListener("preau:replaced", mountAll);
document.addEventListener("htmx:load", mountAll);
