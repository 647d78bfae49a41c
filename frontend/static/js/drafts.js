// Keep what is being written in forms with data-draft="key" until it has been sent.
//
// One draft a key and reader in localStorage, for 30 days: who comes to the same computer next finds
// none of another's. What the server put into the form (a refused send) always wins over the draft.

const PREFIX = "draft:";
const READER = document.body.dataset.reader ?? "nobody";
const FORGET_FILES = "forget-files";
const KEPT_FOR_MS = 30 * 24 * 3600 * 1000;
const WRITTEN = "textarea, input[type=text], input:not([type])";

const fieldsOf = (form) => [...form.querySelectorAll(WRITTEN)].filter((field) => field.name && !field.disabled);

const nameOf = (form) => form?.dataset?.draft && `${PREFIX}by:${READER}:${form.dataset.draft}`;

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function say(form, words) {
  const place = form.querySelector("[data-draft-state]");
  if (place) place.textContent = place.dataset[words] || "";
}

function keep(form, tell = say) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.value.trim()) values[field.name] = field.value;
  }
  const name = nameOf(form);
  try {
    if (Object.keys(values).length) {
      localStorage.setItem(name, JSON.stringify({ at: Date.now(), values }));
      tell(form, "kept");
    } else {
      forget(name);
      tell(form, "none");
    }
  } catch {
    tell(form, "none");
  }
}

function restore(form) {
  const draft = read(nameOf(form));
  if (!draft || form.dataset.draftReady) return;
  const lacking = fieldsOf(form).filter((field) => !field.value && draft.values[field.name]);
  for (const field of lacking) field.value = draft.values[field.name];
  if (lacking.length) say(form, "restored");
}

function prepare() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    form.dataset.draftReady = "1";
  }
}

const waiting = new Map();

function stopWaiting(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  return form;
}
const keepNow = (form) => keep(stopWaiting(form));

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  stopWaiting(form);
  waiting.set(form, setTimeout(keepNow, 600, form));
});
// At once: what a field is left with, what composer.js gives back, and what the page goes away with.
// In silence: words that appear would push away the button that a field is left for.
document.addEventListener("change", ({ target: { form } }) => form?.dataset.draft && keep(stopWaiting(form), () => {}));
addEventListener("pagehide", () => [...waiting.keys()].forEach(keepNow));

// A sent draft is marked, and forgotten when the answer was a redirect, as it is for what worked: a
// lost line or a refusal loses nothing. Where the session had ended, the mark stays while one signs
// in and looks at the words that the server kept, until these are sent or thrown away.
document.addEventListener("submit", (event) => {
  const [name, action] = [nameOf(event.target), event.target.getAttribute("action")];
  if (action === "/accounts/logout/") forgetAll();
  if (action?.startsWith("/unsent/")) forgetMarked();
  if (!name) return;
  // At once, also where htmx or the chat sends it: saved later, it would come back when it is sent.
  keepNow(event.target);
  if (!event.defaultPrevented) markSent(name);
});
document.addEventListener("htmx:after:request", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (form !== event.target) return; // asking for what fits a title is no sending
  const answer = event.detail?.ctx?.response?.raw;
  if (answer?.headers.get("HX-Redirect")?.endsWith("/unsent")) markSent(nameOf(form));
  if (answer?.ok) forget(nameOf(stopWaiting(form)));
});

function quietly(act) {
  try {
    act();
  } catch {} // without storage there is no draft
}
const markSent = (name) => quietly(() => sessionStorage.setItem("draft-sent", name));
const forget = (name) => localStorage.removeItem(name);
const forgetMarked = () => quietly(() => forget(sessionStorage.getItem("draft-sent")));
const drafts = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));

// On a shared computer nothing is left behind by who signs out.
function forgetAll() {
  drafts().forEach(forget);
  localStorage.setItem(FORGET_FILES, "1");
  forgetFiles();
}

// Those of files.js. A page that is left may be gone before it is done: the next one does it again.
function forgetFiles() {
  if (!localStorage.getItem(FORGET_FILES)) return;
  indexedDB.deleteDatabase("unsent-files").onsuccess = () => localStorage.removeItem(FORGET_FILES);
}

function arrivedByRedirect() {
  const [arrival] = performance.getEntriesByType("navigation");
  return arrival?.type === "navigate" && arrival.redirectCount > 0;
}

try {
  if (!/^\/(accounts\/|unsent$)/.test(location.pathname)) {
    const isBack = document.referrer.startsWith(`${location.origin}/accounts/`);
    if (arrivedByRedirect() && !isBack) forgetMarked();
    sessionStorage.removeItem("draft-sent");
  }
  for (const name of drafts()) {
    const draft = read(name);
    if (!draft || Date.now() - draft.at > KEPT_FOR_MS) forget(name);
  }
  forgetFiles();
  prepare();
  for (const type of ["htmx:after:swap", "chat:renewed"]) document.addEventListener(type, prepare);
} catch {
  // Without storage (private windows) pages work as they do without drafts.
}
