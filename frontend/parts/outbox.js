// What was written on a page of a document and is not kept by the server yet: on this device, for the same account, until it is
// (docs/decisions/0159). One lot a sending, under its own name: sent twice, the server keeps it once.
import { all, arrive, drop, met, put } from "./store.js";

const FOR = 60 * 24 * 3_600_000; // two months: longer than the longest holidays
const owner = document.documentElement.dataset.keptFor;
let ready;

const able = () => Boolean(owner && globalThis.indexedDB && globalThis.crypto?.subtle);
/** Can this device keep anything for who is signed in? */
export const opened = () => (ready ??= able() ? (met() === owner ? Promise.resolve() : arrive(owner)).then(() => true, () => false) : Promise.resolve(false));

const prefix = (pk) => `document-${pk}-`;

/** False where this device keeps nothing: the page then says so. */
export async function keep(pk, lot, update) {
  if (!(await opened())) return false;
  return put(owner, prefix(pk) + lot, { lot, update }, { until: Date.now() + FOR, kind: "account" }).catch(() => false);
}

/** [{ lot, update }] that wait, oldest first as far as anybody knows: the order does not matter. */
export async function kept(pk) {
  if (!(await opened())) return [];
  return (await all(owner, prefix(pk)).catch(() => [])).map(({ value }) => value);
}

export async function settled(pk, lot) {
  if (await opened()) await drop(owner, prefix(pk) + lot).catch(() => {});
}
