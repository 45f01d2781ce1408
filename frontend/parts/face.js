// How whoever is signed in reads pages, as <html> says it, kept for the pages that stand in without a network and can ask
// nobody. A visitor's page says nothing of it, and so forgets it: it does not outlive the session.
import { refused } from "./installed.js";

const KEPT = "preau-affichage";
const CHOICES = ["text", "spacing", "font", "color-scheme", "contrast", "motion", "simple"];
const { documentElement } = document;

export function remember() {
  const said = CHOICES.map((name) => [name, documentElement.getAttribute(`data-${name}`)]);
  const face = said.filter(([, value]) => value && value !== "auto");
  try {
    if (face.length && !refused()) localStorage.setItem(KEPT, JSON.stringify(face));
    else localStorage.removeItem(KEPT);
  } catch {
    // Private windows may refuse: these pages are then as everybody's.
  }
}

export function wear() {
  try {
    const face = JSON.parse(localStorage.getItem(KEPT) ?? "[]").filter(([name]) => CHOICES.includes(name));
    for (const [name, value] of face) documentElement.setAttribute(`data-${name}`, value);
  } catch {
    // The same.
  }
}

export const forgetFace = () => localStorage.removeItem(KEPT);
