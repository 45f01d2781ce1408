// The service worker that makes Préau installable (frontend/sw/). It goes away where the site does not want it any more
// (no manifest in the page) and where the person has said so on /hors-ligne/.
export const REFUSED = "preau-sans-copie";

export async function forget() {
  const registrations = await navigator.serviceWorker.getRegistrations();
  await Promise.all(registrations.map((registration) => registration.unregister()));
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("preau-")).map((name) => caches.delete(name)));
}

export const register = () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });

/** Private windows may refuse: the site works all the same. */
export function refused() {
  try {
    return localStorage.getItem(REFUSED) !== null;
  } catch {
    return false;
  }
}
