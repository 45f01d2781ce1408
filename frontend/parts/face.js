// How whoever is signed in reads pages, as <html> says it, kept for the pages that stand in without a network and can ask
// nobody. Forgotten when they sign out, on any page of a visitor, and after half a day, which is as long as a session lasts.
import { refused } from "./installed.js";

const KEPT = "preau-affichage";
const HALF_A_DAY = 12 * 3_600_000; // SESSION_COOKIE_AGE
const CHOICES = ["text", "spacing", "font", "color-scheme", "contrast", "motion", "simple"];
const { documentElement } = document;

export const forgetFace = () => globalThis.localStorage?.removeItem(KEPT);

/** Private windows may refuse to keep anything: these pages are then as everybody's. */
function attempt(gesture) {
  try {
    gesture();
  } catch {
    // Nothing is kept.
  }
}

export const remember = () => attempt(() => {
  const said = CHOICES.map((name) => [name, documentElement.getAttribute(`data-${name}`)]);
  const face = said.filter(([, value]) => value && value !== "auto");
  // Without a manifest there is no page that stands in.
  const wanted = face.length && document.querySelector("link[rel=manifest]") && !refused();
  if (wanted) localStorage.setItem(KEPT, JSON.stringify({ until: Date.now() + HALF_A_DAY, face }));
  else forgetFace();
});

export const wear = () => attempt(() => {
  const { until, face } = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  if (!(until > Date.now())) return forgetFace();
  for (const [name, value] of face) if (CHOICES.includes(name)) documentElement.setAttribute(`data-${name}`, value);
});
