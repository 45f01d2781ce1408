// The editor of formatted texts: takes the place of the text area of `ui.rich_field`, whose toolbar and questions the page holds,
// hidden. What it writes is cleaned by the server, whatever it is.
import { Editor, Node } from "@tiptap/core";
import Subscript from "@tiptap/extension-subscript";
import Superscript from "@tiptap/extension-superscript";
import { TableKit } from "@tiptap/extension-table";
import StarterKit from "@tiptap/starter-kit";

const Formula = Node.create({
  name: "formula",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ latex: { default: "", parseHTML: (element) => element.dataset.formula } }),
  parseHTML: () => [{ tag: "span[data-formula]" }],
  renderHTML: ({ node }) => ["span", { "data-formula": node.attrs.latex }, node.attrs.latex],
});

const DO = {
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  underline: (chain) => chain.toggleUnderline(),
  heading: (chain) => chain.toggleHeading({ level: 3 }),
  bulletList: (chain) => chain.toggleBulletList(),
  orderedList: (chain) => chain.toggleOrderedList(),
  blockquote: (chain) => chain.toggleBlockquote(),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
};

/** A question of the page asked in a dialog: its first box is filled, and `then` receives what was typed. */
function ask(editor, dialog, value, then) {
  const box = dialog.querySelector("input");
  box.value = value;
  const listening = new AbortController();
  const on = (target, kind, act) => target.addEventListener(kind, act, { signal: listening.signal });
  // At once, and not when the browser says that it is closed: what is typed next comes after the answer.
  const end = (answered) => {
    listening.abort();
    dialog.close();
    if (answered) then(box.value.trim());
    editor.commands.focus();
  };
  on(box, "keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    end(true);
  });
  on(dialog.querySelector("[data-ok]"), "click", () => end(true));
  on(dialog.querySelector("[data-cancel]"), "click", () => end(false));
  on(dialog, "close", () => end(false));
  dialog.showModal();
  box.select();
}

/** What Word or a page puts on the clipboard: looks and pictures are left there, words and forms come in. */
const pasted = (html) => html
  .replace(/<!--[\s\S]*?-->/g, "")
  .replace(/<(script|style|svg|xml)\b[\s\S]*?<\/\1>|<(img|link|meta)\b[^>]*>/gi, "")
  .replace(/\s(style|on\w+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, "");

/** « www.example.fr » is an address that people type. */
const complete = (typed) => (/^(https?:|mailto:|\/)/i.test(typed) ? typed : typed.includes("@") ? `mailto:${typed}` : `https://${typed}`);

function askLink(editor, place) {
  const present = editor.getAttributes("link").href ?? "";
  ask(editor, place.querySelector("[data-ask-link]"), present, (typed) => {
    const chain = editor.chain().focus().extendMarkRange("link");
    if (!typed) return chain.unsetLink().run();
    const href = complete(typed);
    if (editor.state.selection.empty && !present) {
      return chain.insertContent([{ type: "text", text: typed, marks: [{ type: "link", attrs: { href } }] }, { type: "text", text: " " }]).run();
    }
    return chain.setLink({ href }).run();
  });
}

function askFormula(editor, place) {
  const { node, from, to } = editor.state.selection;
  const present = node?.type.name === "formula" ? node.attrs.latex : editor.state.doc.textBetween(from, to);
  ask(editor, place.querySelector("[data-ask-formula]"), present, (latex) => {
    const chain = editor.chain().focus();
    if (!latex) return node ? chain.deleteSelection().run() : chain.run();
    return chain.insertContent([{ type: "formula", attrs: { latex } }, { type: "text", text: " " }]).run();
  });
}

/** One stop of the keyboard for the whole toolbar: arrows go along it. */
function rove(toolbar) {
  const buttons = [...toolbar.querySelectorAll("button")];
  const enter = (button) => buttons.forEach((one) => { one.tabIndex = one === button ? 0 : -1; });
  enter(buttons[0]);
  toolbar.addEventListener("focusin", ({ target }) => enter(target));
  toolbar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[(next + buttons.length) % buttons.length].focus();
  });
}

function mount(place) {
  if (place.dataset.mounted !== undefined) return;
  place.dataset.mounted = "";
  const area = place.querySelector("textarea");
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
  const show = (editor) => buttons.forEach((button) => {
    const name = button.dataset.do;
    if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(editor.isActive(name, name === "heading" ? { level: 3 } : {})));
    else if (name in DO) button.setAttribute("aria-disabled", String(!DO[name](editor.can().chain()).run()));
  });
  const keep = ({ editor }) => {
    area.value = editor.isEmpty ? "" : editor.getHTML();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const editor = new Editor({
    element: box,
    injectCSS: false,
    content: place.dataset.html,
    editorProps: { attributes, transformPastedHTML: pasted },
    extensions: [
      StarterKit.configure({ heading: { levels: [3, 4] }, horizontalRule: false, link: { openOnClick: false, HTMLAttributes: { target: null, rel: null } } }),
      Subscript, Superscript, TableKit.configure({ table: { resizable: false } }), Formula,
    ],
    onUpdate: keep,
    onTransaction: ({ editor: present }) => show(present),
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
  editor.view.dom.addEventListener("keydown", (event) => {
    const mod = event.ctrlKey || event.metaKey;
    if (mod && !event.altKey && event.key.toLowerCase() === "k") { event.preventDefault(); act("link"); }
    if (mod && event.altKey && event.key.toLowerCase() === "m") { event.preventDefault(); act("formula"); }
    if (event.altKey && event.key === "F10") { event.preventDefault(); toolbar.querySelector("[tabindex='0']").focus(); }
  });
  editor.view.dom.addEventListener("dblclick", ({ target }) => { if (target.closest("[data-formula]")) act("formula"); });
  show(editor);
}

const mountAll = () => document.querySelectorAll("[data-richtext]").forEach(mount);
mountAll();
document.addEventListener("preau:replaced", mountAll);
document.addEventListener("htmx:load", mountAll);
