// Keys for who works the queue. A key does what the element of its name does: [data-key="a"].
//
// Never while something is typed, never with Ctrl, Alt or Meta; `?` lists them. They can be turned
// off there (WCAG 2.1.4), and everything they do is reached by Tab as well.

const OFF = "keys-off";
const SECOND_KEY_MS = 1500;
const TYPED = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const PLACES = { q: "/queue", t: "/tickets", h: "/" };
const dialog = document.querySelector("dialog[data-keys]");
let [first, firstAt] = ["", 0];

function isOff() {
  return localStorage.getItem(OFF) === "1";
}

function isSeen(element) {
  return element.checkVisibility?.() ?? element.offsetParent !== null;
}

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function row() {
  return document.activeElement.closest?.("[data-row]");
}

function step(by) {
  const all = rows();
  const at = all.indexOf(row());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.querySelector("h2 a").focus();
  next?.scrollIntoView({ block: "nearest" });
}

// What stands folded is unfolded by its key.
function unfold(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

function use(element) {
  unfold(element);
  if (element.matches("summary")) return element.focus();
  if (element.matches(TYPED)) return element.focus();
  const hash = element.getAttribute("href")?.split("#")[1];
  if (!hash) return element.click();
  location.hash = hash;
  document.getElementById(hash)?.querySelector("textarea")?.focus();
}

const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => row()?.querySelector("h2 a").click(),
  x: () => row()?.querySelector("input[type=checkbox]").click(),
  "/": () => (document.querySelector("[data-search]") ?? document.querySelector("[type=search]"))?.focus(),
  "?": () => dialog.showModal(),
};

function press(key) {
  if (first === "g" && Date.now() - firstAt < SECOND_KEY_MS && PLACES[key]) return () => location.assign(PLACES[key]);
  [first, firstAt] = [key, Date.now()];
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  const named = all.find(isSeen) ?? all.find((element) => element.closest("details:not([open])"));
  return named ? () => use(named) : ACTS[key];
}

document.addEventListener("keydown", (event) => {
  if (isOff() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.matches?.(TYPED) || document.querySelector("dialog[open]")) return;
  const act = press(event.key);
  if (!act) return;
  event.preventDefault();
  act();
});

if (dialog) {
  const choice = dialog.querySelector("[data-keys-on]");
  choice.checked = !isOff();
  choice.addEventListener("change", () => localStorage.setItem(OFF, choice.checked ? "0" : "1"));
  dialog.querySelector("[data-keys-close]").addEventListener("click", () => dialog.close());
  for (const opener of document.querySelectorAll("[data-keys-open]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => dialog.showModal());
  }
}
