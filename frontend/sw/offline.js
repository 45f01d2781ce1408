// The service worker's share of an installed Préau: files whose name carries their hash, and one public page that says
// the network is away, and those that stand in for others then (the roll). No named page is ever kept: shared computers keep
// nothing of anybody (docs/decisions/0069 and 0086).
// `PREAU` is written before this text by the server (portal/installed.py).
const { name, files, offline, pages, place } = self.PREAU;
const PATIENCE = 8000; // milliseconds: a roll does not wait for a network that does not answer
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const addresses = new Set(files);

/** Without cookies: what is kept is what a visitor would get, never the page of whoever is signed in. */
async function keep(cache, address) {
  const answer = await fetch(new Request(address, { credentials: "omit", cache: "reload" }));
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  await cache.put(address, answer);
}

self.addEventListener("install", (event) => event.waitUntil(
  caches.open(name).then((cache) => Promise.all([...files, offline, ...pages.map(([, address]) => address)].map((address) => keep(cache, address)))),
));

// A new version waits until the last page of the former one is closed: no page changes under somebody's hands.
self.addEventListener("activate", (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((known) => known.startsWith("preau-") && known !== name).map((known) => caches.delete(known)))),
));

async function fromHereFirst(request) {
  const cache = await caches.open(name);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic") await cache.put(request, answer.clone());
  return answer;
}

const inTime = (milliseconds) => new Promise((_, reject) => { setTimeout(reject, milliseconds, new Error("no answer")); });

const fromNetworkFirst = (request, otherwise, asking = fetch(request)) => asking.catch(async (error) => {
  const kept = await (await caches.open(name)).match(otherwise);
  if (kept) return kept;
  throw error;
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // A form that is sent is the browser's own affair: it offers to send it again.
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const [, page] = pages.find(([pattern]) => new RegExp(pattern).test(pathname)) ?? [];
  if (request.mode === "navigate" && page) {
    event.respondWith(fromNetworkFirst(request, page, Promise.race([fetch(request), inTime(PATIENCE)])));
  } else if (request.mode === "navigate") event.respondWith(fromNetworkFirst(request, offline));
  else if (pathname.startsWith(place) && HASHED.test(pathname)) event.respondWith(fromHereFirst(request));
  else if (addresses.has(pathname)) event.respondWith(fromNetworkFirst(request, pathname));
});
