// On every page: what this device keeps follows who is signed in, and what waits is sent (parts/rolls.js).
import { refused } from "./installed.js";
import { keptMarks } from "./marks.js";
import { forgetObservation, observations, photosToAdd, refusedObservations, sentObservations } from "./observations.js";
import { address, askForSync, news, pending, settle, sync, toCheck } from "./rolls.js";
import { gesture, link, say, sayBeside } from "./say.js";
import { arrive, forget, forgetAll, leave, met, waiting } from "./store.js";

const READ = "preau-garde-lu";
const OFTEN = 10 * 60_000; // the registers of the day are asked again after that
const AGAIN = 30_000;
const SIGN_OUT = "/deconnexion/";
const { keptFor, feed } = document.documentElement.dataset;

const isHere = (pk) => location.pathname === address(pk);
// Of the roll of this page one speaks beside its button: the hand is there, and the top of the page is off the screen.
const rollOf = (pk) => (isHere(pk) ? document.querySelector("form[data-roll]:has([data-said-here])") : null);
const sayOf = (pk, ...what) => (rollOf(pk) ? sayBeside(rollOf(pk), ...what) : say(...what));

/** What has left is said once; what needs somebody's eyes, on each page until it is settled. */
async function remind({ arriving = false } = {}) {
  const sent = await news(keptFor);
  for (const { pk, title } of sent) {
    const words = `Envoyé : l’appel de ${title} est enregistré.`;
    sayOf(pk, "success", words, ...(isHere(pk) ? [link("Voir l’appel à jour", address(pk))] : []));
  }
  for (const { value: { pk, title, refused: not } } of await toCheck(keptFor)) {
    // The page of a roll puts its choices back, and says so, when it arrives.
    if ((arriving && isHere(pk)) || document.querySelector(`[data-check="${pk}"]`)) continue;
    const words = not ? `L’appel de ${title} n’a pas pu être enregistré.` : `À vérifier : quelqu’un a noté autre chose dans l’appel de ${title}.`;
    const alert = sayOf(pk, "warning", words, link("Vérifier l’appel", address(pk)));
    alert.dataset.check = pk;
    if (not) alert.querySelector(".flow").append(gesture("Oublier cet appel", async () => {
      await settle(keptFor, pk);
      alert.remove();
    }));
  }
}

/** Observations that have left, once; photos to add and what was refused, on each page until they are settled. */
async function remindOfObservations() {
  const sent = await sentObservations(keptFor);
  if (sent) {
    say("success", sent > 1 ? `Envoyé : ${sent} observations sont enregistrées.` : "Envoyé : l’observation est enregistrée.");
    document.dispatchEvent(new Event("preau:observed"));
  }
  const settled = (id, alert) => async () => {
    await forgetObservation(keptFor, id);
    alert.remove();
  };
  for (const { id, value: { address: where } } of await photosToAdd(keptFor)) {
    if (location.pathname === where) await forgetObservation(keptFor, id);
    else if (!document.querySelector(`[data-check="${id}"]`)) {
      const alert = say("warning", "La photo ou le son d’une observation n’a pas été gardé sans réseau.", link("L’ajouter maintenant", where));
      alert.dataset.check = id;
      alert.querySelector(".flow").append(gesture("S’en passer", settled(id, alert)));
    }
  }
  for (const { id, value: { group, sentence } } of await refusedObservations(keptFor)) {
    if (document.querySelector(`[data-check="${id}"]`)) continue;
    const alert = say("warning", `Une observation n’a pas pu être enregistrée : ${sentence}`, link("Observer de nouveau", `/competences/classes/${group}/observer/`));
    alert.dataset.check = id;
    alert.querySelector(".flow").append(gesture("Oublier cette observation", settled(id, alert)));
  }
}

/** Marks leave from their grid, which shows whose they are. */
async function remindOfMarks() {
  const marks = document.querySelector("table[data-grid]") ? [] : await keptMarks(keptFor);
  if (!marks.length) return;
  const words = marks.length > 1 ? `${marks.length} notes saisies ici ne sont pas encore enregistrées.` : "Une note saisie ici n’est pas encore enregistrée.";
  say("warning", words, link("Ouvrir la grille", marks[0].address));
}

async function sendWaiting() {
  if ((await sync(feed)) === "here") localStorage.setItem(READ, `${keptFor} ${Date.now()}`);
  await remind();
  await remindOfObservations();
}

/** What waits for the network: rolls and observations. */
const leaving = async () => (await pending(keptFor)).length + (await observations(keptFor)).length;

/** Registers are only asked for where a worker can show them; what waits is always sent. */
async function isTime() {
  if (await leaving()) return true;
  const [owner, when] = (localStorage.getItem(READ) ?? "").split(" ");
  return Boolean(navigator.serviceWorker?.controller) && (owner !== keptFor || Date.now() - when > OFTEN);
}

async function settleDevice() {
  const before = met();
  if (refused()) return before === null || forgetAll();
  if (!keptFor) {
    if (before !== null && before !== "-") await leave();
    if (before !== null && document.querySelector("form input[type=password]")) {
      if (await waiting("op:")) say("info", "Un appel attend sur cet appareil : il partira quand la personne qui l’a fait se connectera.");
      if (await waiting("seen:")) say("info", "Une observation attend sur cet appareil : elle partira quand la personne qui l’a faite se connectera.");
    }
    return;
  }
  if (before !== keptFor && (before !== null || navigator.serviceWorker?.controller)) await arrive(keptFor);
  await remind({ arriving: true });
  await remindOfMarks();
  await remindOfObservations();
  if (await isTime()) await sendWaiting();
  setInterval(async () => { if (await leaving()) await sendWaiting(); }, AGAIN);
}

/** Signing out takes everything off the device; what has not left is sent first, or said. */
async function signOut(form) {
  if (await leaving()) await sync(feed);
  const rolls = (await pending(keptFor)).length + (await toCheck(keptFor)).length;
  const marks = (await keptMarks(keptFor)).length;
  const seen = (await observations(keptFor)).length + (await refusedObservations(keptFor)).length;
  if (rolls + marks + seen && !form.dataset.sure) {
    form.dataset.sure = "1";
    const [what, words] = rolls ? ["cet appel", "Un appel fait sur cet appareil n’est pas encore enregistré. En vous déconnectant, vous l’effacez."]
      : marks ? ["ces notes", "Des notes saisies sur cet appareil ne sont pas encore enregistrées. En vous déconnectant, vous les effacez."]
      : ["ces observations", "Des observations faites sur cet appareil ne sont pas encore enregistrées. En vous déconnectant, vous les effacez."];
    const act = gesture(`Se déconnecter et oublier ${what}`, () => signOut(form));
    say("warning", words, act);
    act.focus();
    return;
  }
  await forget(keptFor);
  form.submit();
}

if (globalThis.indexedDB && globalThis.crypto?.subtle && navigator.locks) {
  const start = () => settleDevice().catch(() => {}); // a private window refuses: the site works all the same
  addEventListener("load", () => ("requestIdleCallback" in globalThis ? requestIdleCallback(start) : setTimeout(start)));
  if (keptFor) {
    addEventListener("online", () => sendWaiting().catch(() => {}));
    navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data?.rolls) remind().then(remindOfObservations).catch(() => {}); });
    addEventListener("offline", () => askForSync());
    document.addEventListener("submit", (event) => {
      if (met() !== keptFor || new URL(event.target.action).pathname !== SIGN_OUT) return;
      event.preventDefault();
      signOut(event.target).catch(() => event.target.submit());
    }, true);
  }
}
