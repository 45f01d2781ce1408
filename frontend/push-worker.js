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
