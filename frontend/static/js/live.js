// Parts of a page that fetch themselves again when their rooms have news, and the bell.
//
// Never over what is being written inside; focus and what is looked at stay where they are. No news is
// told twice, so a part is asked for until it came, or until it may not be had.

const DELAY_MS = 300;
const ASK_AGAIN_MS = 30000;
const WAITS = [1000, 2000, 5000, 10000, 30000];
const waiting = new Map();
const failures = new Map(); // of parts that did not come: how often
const FIELDS = "input:not([type=hidden]), textarea, select";
const shown = new Map(); // of each part, which asking brought what stands there
let [askings, swaps] = [0, 0]; // swaps: of whatever htmx brought to this page

function parts() {
  return [...document.querySelectorAll("[data-live-fragment]")];
}

function madeAt(part, room) {
  const pairs = (part.dataset.liveRooms ?? "").split(" ").map((pair) => pair.split(":").map(Number));
  return pairs.find(([one]) => one === room)?.[1];
}

function isBusy(part) {
  const active = document.activeElement;
  if (part.contains(active) && active.matches(FIELDS)) return true;
  const selection = getSelection();
  if (!selection.isCollapsed && part.contains(selection.anchorNode)) return true;
  const fields = [...part.querySelectorAll("input, textarea")];
  return fields.some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}

function soon(part) {
  const name = part.dataset.liveFragment;
  clearTimeout(waiting.get(name));
  waiting.set(name, setTimeout(refresh, DELAY_MS, name));
}

// Return a part's HTML; nothing where it may not be had. Raises where asking again may help.
async function asked(part) {
  const address = new URL(part.dataset.liveFragment, location.href);
  if (part.dataset.since) address.searchParams.set("since", part.dataset.since);
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (answer.status === 429 || answer.status >= 500) throw new Error(String(answer.status));
  return answer.ok && !answer.redirected ? answer.text() : "";
}

function again(name) {
  const count = failures.get(name) ?? 0;
  failures.set(name, count + 1);
  clearTimeout(waiting.get(name));
  // Not all at once, when a server comes back to a thousand tabs.
  const wait = WAITS[Math.min(count, WAITS.length - 1)] * (0.7 + 0.6 * Math.random());
  waiting.set(name, setTimeout(refresh, wait, name));
}

async function refresh(name) {
  let part = parts().find((one) => one.dataset.liveFragment === name);
  if (!part) return waiting.delete(name);
  if (isBusy(part)) return waiting.set(name, setTimeout(refresh, 2000, name));
  waiting.delete(name);
  const holder = document.createElement("template");
  const [before, mine] = [swaps, ++askings];
  try {
    holder.innerHTML = await asked(part);
  } catch {
    return again(name);
  }
  failures.delete(name);
  if (mine < shown.get(name)) return; // a later answer was quicker
  // Asked for before one's own words came to stand there, it may be without them.
  if (swaps !== before) return soon(part);
  part = parts().find((one) => one.dataset.liveFragment === name);
  const now = part && holder.content.getElementById(part.id);
  if (!now) return;
  if (isBusy(part)) return soon(part);
  shown.set(name, mine);
  // What comes with the part and stands elsewhere on the page: how things stand now.
  const others = [...holder.content.children].filter((one) => one.id && one !== now);
  keepingPlace(part, () => {
    exchange(part, now);
    for (const other of others) {
      const here = document.getElementById(other.id);
      if (here && !here.isEqualNode(other)) here.replaceWith(other); // nothing is read aloud twice
    }
  });
  renew(part);
  window.htmx?.process(part);
  document.dispatchEvent(new CustomEvent("line:look"));
}

// The element itself stays: what reads it aloud goes on listening to it. Long lists are not read.
function exchange(part, now) {
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  const href = active?.getAttribute("href");
  const isQuiet = part.hasAttribute("aria-live");
  for (const { name, value } of now.attributes) part.setAttribute(name, value);
  if (part.innerHTML === now.innerHTML) return; // nothing is read aloud twice
  if (isQuiet) part.setAttribute("aria-live", "off");
  part.replaceChildren(...now.childNodes);
  if (!active || active === part) return;
  const same = href && [...part.querySelectorAll("a")].find((link) => link.getAttribute("href") === href);
  if (!same) part.tabIndex = -1;
  (same || part).focus({ preventScroll: true });
}

// Who has not begun to write answers what stands there now.
function renew(part) {
  const revision = document.querySelector(`[data-revision-of="${part.id}"]`);
  if (revision && !revision.form.elements.source.value) revision.value = part.dataset.revision;
}

// What stands at the top of the window stays there, whatever grows above it.
function keepingPlace(part, change) {
  const isInView = (one) => one.getBoundingClientRect().bottom > 0;
  const key = (one) => one.id || one.querySelector("a")?.getAttribute("href");
  const rows = () => [...part.querySelectorAll("article, li")];
  const top = part.getBoundingClientRect().top < 0 && rows().find(isInView);
  const after = part.nextElementSibling;
  const before = (top || after)?.getBoundingClientRect().top;
  const name = top && key(top);
  const wasAbove = part.getBoundingClientRect().bottom <= 0;
  change();
  const same = top ? rows().find((one) => key(one) === name) : wasAbove && after;
  if (same && before !== undefined) window.scrollBy(0, same.getBoundingClientRect().top - before);
}

function askWithoutRooms() {
  for (const part of parts()) if (!part.dataset.liveRooms) soon(part);
}

document.addEventListener("htmx:before:swap", () => { swaps += 1; });
document.addEventListener("line:event", ({ detail: { room, number, kind } }) => {
  if (kind !== "changed") return;
  for (const part of parts()) if (number > madeAt(part, room)) soon(part);
});
document.addEventListener("line:sync", ({ detail: { room, number, is_far } }) => {
  const isLacking = (part) => failures.has(part.dataset.liveFragment) || (is_far && number > madeAt(part, room));
  parts().filter(isLacking).forEach(soon);
});
const figure = (id) => Number(document.querySelector(`#${id} .count`)?.textContent ?? 0);
document.addEventListener("line:notices", ({ detail: { unread, rooms } }) => {
  const bell = document.getElementById("bell");
  // What has no room tells of its news by a notice, to those whom it concerns.
  if (bell && figure("bell") !== unread) askWithoutRooms();
  else if (bell && figure("own-rooms") !== rooms) soon(bell); // which brings the other
});
// And to others when they ask: a question from before has no room until its next news.
setInterval(() => document.hidden || askWithoutRooms(), ASK_AGAIN_MS);
