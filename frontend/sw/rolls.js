// Background Sync: a roll that waits leaves when the network is back, even with every page closed.
import { sync, TAG } from "../parts/rolls.js";

async function sendAndSay() {
  const state = await sync(self.PREAU.feeds[0]);
  for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage({ rolls: state });
  // What is refused here is tried again later by the browser.
  if (state === "away") throw new Error("the network is still away");
}

self.addEventListener("sync", (event) => { if (event.tag === TAG) event.waitUntil(sendAndSay()); });
