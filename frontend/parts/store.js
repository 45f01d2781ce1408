// What a device keeps for whoever is signed in, encrypted (docs/decisions/0086): AES-GCM, one key a session, which no
// script can read and which never leaves this browser. Pages and the service worker use it; nothing here knows of rolls.
//
// Two kinds: what names somebody (`session`) is gone with the session; what waits to be sent (`account`) stays for the
// same account's next session, holds numbers and no name, and nobody else's page opens it.
const NAME = "preau-garde";
const SESSION_GONE = "-";

const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opening;
function base() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys", { keyPath: "for" });
      request.result.createObjectStore("records", { keyPath: ["for", "id"] });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

const read = async (name, use) => asked(use((await base()).transaction(name, "readonly").objectStore(name)));
const everyRow = (name) => read(name, (store) => store.getAll());

/** Done once it is on the disk: what is said to be kept survives a page that closes and a phone that dies. */
async function change(name, use) {
  const transaction = (await base()).transaction(name, "readwrite", { durability: "strict" });
  use(transaction.objectStore(name));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}

const accountOf = (owner) => owner.split(".")[0];

async function keyOf(owner) {
  return (await read("keys", (store) => store.get(owner)))?.key;
}

/** Which session this browser last met: pages tell, the worker only reads what is stored. */
export const met = () => globalThis.localStorage?.getItem(NAME) ?? null;
const meet = (owner) => {
  // Gone when the browser is closed, like the session itself: the page without a network asks for it.
  if (globalThis.document) document.cookie = `${NAME}=${owner ? 1 : 0}; path=/; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
  if (owner === null) globalThis.localStorage?.removeItem(NAME);
  else globalThis.localStorage?.setItem(NAME, owner);
};

/** The session whose names may be shown without asking the network; null after a sign-out or when the browser was closed. */
export const mayShow = () => (document.cookie.includes(`${NAME}=1`) && met() !== SESSION_GONE ? met() : null);

/** How many sendings of a kind wait, whoever's they are: no name, no content. */
export const waiting = async (prefix) => (await everyRow("records")).filter((record) => record.id.startsWith(prefix) && record.until > Date.now()).length;

/** Keep `value` for this owner (« account.session ») until a moment; false when this session keeps nothing (any more). */
export async function put(owner, id, value, { until, kind }) {
  const key = await keyOf(owner);
  if (!key) return false;
  await write(owner, key, { id, until, kind }, value);
  return true;
}

async function write(owner, key, { id, until, kind }, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(value)));
  await change("records", (store) => store.put({ for: owner, id, until, kind, iv, data }));
}

const open = async (key, record) =>
  JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: record.iv }, key, record.data)));

/** What is kept for this owner under ids that begin so: [{ id, value }], by id. */
export async function all(owner, prefix) {
  const key = await keyOf(owner);
  if (!key) return [];
  const records = (await everyRow("records")).filter((record) => record.for === owner && record.id.startsWith(prefix) && record.until > Date.now());
  return Promise.all(records.map(async (record) => ({ id: record.id, value: await open(key, record) })));
}

export const get = async (owner, id) => (await all(owner, id)).find((one) => one.id === id)?.value;
export const drop = (owner, id) => change("records", (store) => store.delete([owner, id]));

/** A page of this session: another session's names go, what the same account still has to send comes over. */
export async function arrive(owner) {
  if (!(await keyOf(owner))) {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Two pages may come at once: the first key stays.
    await change("keys", (store) => store.add({ for: owner, key })).catch(() => {});
  }
  const mine = await keyOf(owner);
  const keys = new Map((await everyRow("keys")).map((row) => [row.for, row.key]));
  for (const record of await everyRow("records")) {
    const own = record.for === owner;
    const over = record.until <= Date.now() || !keys.has(record.for) || (!own && record.kind === "session");
    if (over) await drop(record.for, record.id);
    else if (!own && accountOf(record.for) === accountOf(owner)) {
      await write(owner, mine, record, await open(keys.get(record.for), record));
      await drop(record.for, record.id);
    }
  }
  const used = new Set((await everyRow("records")).map((record) => record.for));
  for (const other of keys.keys()) if (other !== owner && !used.has(other)) await change("keys", (store) => store.delete(other));
  meet(owner);
}

/** Nobody is signed in any more: no name stays; what an account still has to send waits for it. */
export async function leave() {
  for (const record of await everyRow("records")) if (record.kind === "session") await drop(record.for, record.id);
  meet(SESSION_GONE);
}

/** Signing out: everything of this account goes, its keys first. */
export async function forget(owner) {
  const account = accountOf(owner);
  for (const name of ["keys", "records"]) {
    for (const row of await everyRow(name)) {
      if (accountOf(row.for) === account) await change(name, (store) => store.delete(name === "keys" ? row.for : [row.for, row.id]));
    }
  }
  meet((await everyRow("records")).length ? SESSION_GONE : null);
}

/** Everything goes: the person wants this device to keep nothing. */
export async function forgetAll() {
  for (const name of ["keys", "records"]) await change(name, (store) => store.clear());
  meet(null);
}
