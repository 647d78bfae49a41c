// The switch that lets this browser show notices while the site is closed.
//
// What the browser says goes by the page's own form; the service worker does nothing but show.

const place = document.querySelector("[data-push]");
const state = place?.querySelector("[data-push-state]");
const form = place?.querySelector("[data-push-form]");

function say(word) {
  state.textContent = place.dataset[word];
}

function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function textOf(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function known() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? null;
}

function isMadeWith(subscription, key) {
  const used = subscription.options?.applicationServerKey;
  return !used || textOf(used) === key;
}

async function subscribe(key) {
  await navigator.serviceWorker.register("/push-worker.js", { scope: "/" });
  const registration = await navigator.serviceWorker.ready;
  const earlier = await registration.pushManager.getSubscription();
  // Made with another key of ours, it would take nothing from us.
  if (earlier && !isMadeWith(earlier, key)) await earlier.unsubscribe();
  return registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(key),
  });
}

async function turnOn(event) {
  event.preventDefault();
  say("busy");
  if ((await Notification.requestPermission()) !== "granted") return say("denied");
  try {
    const subscription = await subscribe(place.dataset.push);
    form.elements.endpoint.value = subscription.endpoint;
    form.elements.p256dh.value = textOf(subscription.getKey("p256dh"));
    form.elements.auth.value = textOf(subscription.getKey("auth"));
    form.submit();
  } catch {
    say("failed");
  }
}

async function turnOff(event) {
  const removal = event.target;
  event.preventDefault();
  try {
    const subscription = await known();
    if (subscription?.endpoint === removal.dataset.endpoint) await subscription.unsubscribe();
  } finally {
    removal.submit();
  }
}

async function show() {
  const subscription = await known();
  const rows = [...place.querySelectorAll("form[data-endpoint]")];
  const isOn = rows.some((row) => row.dataset.endpoint === subscription?.endpoint);
  form.hidden = isOn;
  say(isOn ? "on" : "off");
  form.addEventListener("submit", turnOn);
  for (const row of rows) row.addEventListener("submit", turnOff);
}

if (place) {
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!able) say("unable");
  else if (Notification.permission === "denied") say("denied");
  else show();
}
