// What the editor of formatted texts and the live one share: their forms, their toolbar, its questions.
import { Node } from "@tiptap/core";
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

/** Its address is the page's to say (`data-pictures`): the text knows a picture by its key. */
const Picture = Node.create({
  name: "picture",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({
    file: { default: "", parseHTML: (element) => element.dataset.file },
    alt: { default: "", parseHTML: (element) => element.getAttribute("alt") ?? "" },
  }),
  parseHTML: () => [{ tag: "img[data-file]" }],
  renderHTML: ({ node: { attrs } }) => {
    const address = document.querySelector("[data-pictures]")?.dataset.pictures;
    return ["img", { "data-file": attrs.file, alt: attrs.alt, ...(address && { src: address.replace("/0/", `/${encodeURIComponent(attrs.file)}/`), loading: "lazy" }) }];
  },
});

export const DO = {
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

/** What Word or a page puts on the clipboard: looks are left there, words and forms come in; pictures as `kept` says. */
const pasted = (html, kept) => html
  .replace(/<!--[\s\S]*?-->/g, "")
  .replace(/<(script|style|svg|xml)\b[\s\S]*?<\/\1>|<(link|meta)\b[^>]*>/gi, "")
  .replace(/<img\b[^>]*>/gi, (tag) => (kept(/\sdata-file\s*=\s*["']?([^"'\s>]+)/i.exec(tag)?.[1]) ? tag : ""))
  .replace(/\s(style|on\w+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, "");

/** How a text is pasted: the pictures whose key is in `own` come in, of the others it is said under the text that they stay behind,
 * and `why`. Gives where it is said, and what the editor does of a clipboard. */
export function pasting(own, why) {
  const said = document.createElement("p");
  said.className = "pasted-said";
  said.setAttribute("role", "status");
  const tell = (lost) => {
    const words = lost > 1 ? "Les images n’ont pas été copiées" : "L’image n’a pas été copiée";
    said.textContent = lost ? `${words}\u202f: ${why}` : "";
  };
  const transformPastedHTML = (html) => {
    let lost = 0;
    const clean = pasted(html, (key) => {
      const comes = key !== undefined && own.has(key);
      if (!comes) lost += 1;
      return comes;
    });
    tell(lost);
    return clean;
  };
  // A picture alone, of a screen, of a file; of words alone, what was said before is no longer true.
  const handlePaste = (_view, { clipboardData }) => {
    const pictures = [...(clipboardData?.files ?? [])].filter((one) => one.type.startsWith("image/"));
    if (!clipboardData?.getData("text/html")) tell(pictures.length);
    return false;
  };
  return { said, props: { transformPastedHTML, handlePaste } };
}

/** « www.example.fr » is an address that people type. */
const complete = (typed) => (/^(https?:|mailto:|\/)/i.test(typed) ? typed : typed.includes("@") ? `mailto:${typed}` : `https://${typed}`);

export function askLink(editor, place) {
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

export function askFormula(editor, place) {
  const { node, from, to } = editor.state.selection;
  const present = node?.type.name === "formula" ? node.attrs.latex : editor.state.doc.textBetween(from, to);
  ask(editor, place.querySelector("[data-ask-formula]"), present, (latex) => {
    const chain = editor.chain().focus();
    if (!latex) return node ? chain.deleteSelection().run() : chain.run();
    return chain.insertContent([{ type: "formula", attrs: { latex } }, { type: "text", text: " " }]).run();
  });
}

/** Of a picture that is chosen, what it shows. */
export function askPicture(editor, place) {
  const { node } = editor.state.selection;
  ask(editor, place.querySelector("[data-ask-picture]"), node.attrs.alt, (alt) => {
    if (alt) editor.chain().focus().updateAttributes("picture", { alt }).run();
  });
}

/** One stop of the keyboard for the whole toolbar: arrows go along it. */
export function rove(toolbar) {
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

/** The forms that a text may take; `more`: what of the starter kit is otherwise. */
export const forms = (more = {}) => [
  StarterKit.configure({ heading: { levels: [3, 4] }, horizontalRule: false, link: { openOnClick: false, HTMLAttributes: { target: null, rel: null } }, ...more }),
  Subscript, Superscript, TableKit.configure({ table: { resizable: false } }), Formula, Picture,
];

/** Buttons say what holds where the caret is, and what cannot be done there. */
export const show = (editor, buttons) => buttons.forEach((button) => {
  const name = button.dataset.do;
  if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(editor.isActive(name, name === "heading" ? { level: 3 } : {})));
  else if (name in DO) button.setAttribute("aria-disabled", String(!DO[name](editor.can().chain()).run()));
});

/** Ctrl+K and its like, Alt+F10 for the toolbar, a formula opened by two clicks. */
export function follow(editor, toolbar, act) {
  editor.view.dom.addEventListener("keydown", (event) => {
    const mod = event.ctrlKey || event.metaKey;
    if (mod && !event.altKey && event.key.toLowerCase() === "k") { event.preventDefault(); act("link"); }
    if (mod && event.altKey && event.key.toLowerCase() === "m") { event.preventDefault(); act("formula"); }
    if (event.altKey && event.key === "F10") { event.preventDefault(); toolbar.querySelector("[tabindex='0']").focus(); }
  });
  editor.view.dom.addEventListener("dblclick", ({ target }) => { if (target.closest("[data-formula]")) act("formula"); });
}
