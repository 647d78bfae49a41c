// Shows what was pushed to this browser, and opens it. Served as /push-worker.js.

self.addEventListener("push", (event) => {
  const { title, url, tag } = event.data.json();
  event.waitUntil(
    self.registration.showNotification("Entraide", { body: title, tag, data: { url } }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data.url, self.location.origin);
  if (address.origin === self.location.origin) event.waitUntil(open(address.href));
});

// A page that shows it already is taken to the front; a room's newest page shows all that is new.
async function open(address) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const place = address.split("#")[0];
  const places = [place, place.replace(/\?at=\d+$/, "")];
  const shown = pages.find((page) => places.includes(page.url.split("#")[0]));
  return shown ? shown.focus() : self.clients.openWindow(address);
}
