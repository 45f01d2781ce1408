// What a pushed notice does. It holds a neutral label and an address of ours, nothing that names someone
// (docs/decisions/0071): a locked screen is read by whoever is near.
self.addEventListener("push", (event) => {
  const { body, url, tag } = event.data.json();
  event.waitUntil(self.registration.showNotification("Préau", { body, tag, lang: "fr", icon: self.PREAU.icon, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data.url, self.location.origin);
  if (address.origin === self.location.origin) event.waitUntil(self.clients.openWindow(address.href));
});

// The browser's push service gave another address: the server learns it, from the same person, who must still be signed
// in. Otherwise nothing more is sent here, as after signing out, and the page of preferences offers to begin again.
async function renew({ oldSubscription, newSubscription }) {
  if (!oldSubscription) return;
  const made = newSubscription ?? await self.registration.pushManager.subscribe(oldSubscription.options);
  const { endpoint, keys } = made.toJSON();
  const told = new URLSearchParams({ old: oldSubscription.endpoint, endpoint, p256dh: keys.p256dh, auth: keys.auth });
  await fetch("/notifications/appareils/adresse/", { method: "POST", body: told, redirect: "manual" });
}

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event).catch(() => undefined)));
