// What others do is seen on an open page. The stream says only that something has moved; what it is, the page asks as it always does, with
// its own rights. Where there is no stream, the page asks every five seconds; without this script, it is read again by hand.
import { gesture, say } from "./say.js";

const EVERY = 5000, PATIENCE = 6000, SPREAD = 20000;
const address = document.documentElement.dataset.stream;
const regions = () => [...document.querySelectorAll("[data-live]")];
let stream, asking, missed = false, told = false, ended = false;

// Another tab of this browser says what it is about to send, so that whoever has two is not told of « somebody else ».
const AGO = 20000;
const own = new Map();
const tabs = globalThis.BroadcastChannel && new BroadcastChannel("preau-live");
tabs?.addEventListener("message", ({ data }) => own.set(data, Date.now()));
document.addEventListener("submit", ({ target }) => { if (target.dataset.liveOwn) tabs?.postMessage(target.dataset.live); });
const wordsOf = ({ live, liveOwn, liveWhole }) => (liveOwn && Date.now() - own.get(live) < AGO ? liveOwn : liveWhole);

/** Ask again for one region; whoever has begun to write there is told instead, and loses nothing. */
function refresh(region) {
  if (region.dataset.liveWhole === undefined) return void window.htmx?.trigger(region, "live");
  if (!document.querySelector("form[data-touched]")) return void location.reload();
  if (told) return;
  told = true;
  say("info", wordsOf(region.dataset), gesture(region.dataset.liveGesture, () => location.reload()));
}
const hear = (topics) => regions().forEach((region) => { if (topics.includes(region.dataset.live)) refresh(region); });
// Whole pages are not loaded again every five seconds: only what htmx asks for.
const ask = () => { if (!document.hidden) regions().forEach((region) => { if (region.dataset.liveWhole === undefined) refresh(region); }); };

function lose() {
  if (ended) return;
  stream?.close();
  stream = undefined;
  missed = true;
  asking ??= setInterval(ask, EVERY);
  if (address) setTimeout(listen, EVERY + Math.random() * SPREAD);
}

function listen() {
  const topics = new Set(regions().map((region) => region.dataset.live));
  if (!topics.size) return;
  const url = new URL(address, location.href);
  for (const topic of topics) url.searchParams.append("sujet", topic);
  stream = new EventSource(url, { withCredentials: true });
  // A proxy that holds everything back is as good as no stream.
  const patience = setTimeout(lose, PATIENCE);
  stream.addEventListener("ready", () => {
    clearTimeout(patience);
    clearInterval(asking);
    asking = undefined;
    if (missed) setTimeout(ask, Math.random() * EVERY);
    missed = false;
  });
  stream.addEventListener("moved", ({ data }) => hear(data.split(" ")));
  stream.onerror = () => {
    clearTimeout(patience);
    lose();
  };
}

addEventListener("input", ({ target }) => target.form?.toggleAttribute("data-touched", true));
// Nobody asked for this: it keeps no session open.
addEventListener("htmx:configRequest", ({ detail }) => { if (detail.triggeringEvent?.type === "live") detail.headers["X-Hinted"] = "1"; });
// The session has ended: what is on the page stays there, and its next gesture leads to the sign-in page.
addEventListener("htmx:beforeSwap", ({ detail }) => { if (detail.xhr?.status === 401 && detail.requestConfig?.headers["X-Hinted"]) { ended = true; clearInterval(asking); stream?.close(); } });
// What arrives is said to whoever does not see it come.
const spoken = document.querySelector("[data-live-said]") && Object.assign(document.createElement("p"), { className: "visually-hidden" });
const lengths = new Map([...document.querySelectorAll("[data-live-said]")].map((region) => [region.id, region.childElementCount]));
spoken?.setAttribute("role", "status");
if (spoken) document.getElementById("contenu")?.append(spoken);
addEventListener("htmx:afterSettle", ({ target }) => {
  if (!target.dataset?.liveSaid) return;
  if (target.childElementCount > lengths.get(target.id)) spoken.textContent = target.dataset.liveSaid;
  lengths.set(target.id, target.childElementCount);
});
addEventListener("pagehide", () => stream?.close());
if (regions().length) address ? listen() : (asking = setInterval(ask, EVERY));
