// What has changed in a room is fetched again: a message, the room's terms, or all that it shows.
//
// Nothing of it is told twice, so each is asked for until it came, or until it may not be had.

const room = document.querySelector("[data-room]");
const number = Number(room?.dataset.room);
const CHANGES = new Set(["edited", "removed", "restored", "reacted", "unreacted"]);
const TERMS = new Set(["closed", "reopened", "slowed"]);
const PARTS = { terms: ["[data-terms]", "[data-saying]"], all: ["[data-earlier]", "ol.chat"] };
const DELAY_MS = 150;
const WAITS = [1000, 2000, 5000, 10000, 30000];
const lacking = new Set(); // numbers of messages, and names of PARTS
let [failures, timer] = [0, null];

function tell(type, detail) {
  document.dispatchEvent(new CustomEvent(`chat:${type}`, { detail }));
}

const shown = (about) => room.querySelector(`ol.chat > [data-number="${about}"]`);

// What is being written there is not taken away: left or saved, the message comes as it is then.
const isEdited = (item) => Boolean(item?.querySelector("form[data-edits]"));

// Return an answer's HTML; nothing where it may not be had. Raises where asking again may help.
async function asked(address, headers = {}) {
  const answer = await fetch(address, { headers });
  if (answer.status === 429 || answer.status >= 500) throw new Error(String(answer.status));
  return answer.ok && !answer.redirected ? answer.text() : "";
}

async function fetchMessage(about) {
  if (isEdited(shown(about))) return;
  const html = await asked(`/rooms/${number}/messages/${about}`, { "HX-Request": "true" });
  if (html && !isEdited(shown(about))) tell("said", html);
}

// Parts of the room as the page would be now: after a moderator's act, or when far behind.
async function renew(parts) {
  const html = await asked(location.href);
  if (!html) return;
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const part of parts) {
    const [old, now] = [room.querySelector(part), page.querySelector(`#chat ${part}`)];
    const isSame = part === "[data-saying]" && Boolean(old?.querySelector("form")) === Boolean(now?.querySelector("form"));
    if (old && now && !isSame) exchange(old, now);
  }
  tell("renewed");
}

// What came in while it was on its way stays, and what is being edited.
function exchange(old, now) {
  const focused = old.contains(document.activeElement) && document.activeElement;
  const last = Number(now.lastElementChild?.dataset.number);
  const items = [...old.children];
  const edited = new Map(items.filter(isEdited).map((item) => [item.dataset.number, item]));
  const nodes = [...now.childNodes].map((node) => {
    const own = edited.get(node.dataset?.number);
    edited.delete(node.dataset?.number);
    return own ?? node;
  });
  const later = items.filter((item) => Number(item.dataset.number) > last);
  for (const item of later) edited.delete(item.dataset.number);
  old.replaceChildren(...edited.values(), ...nodes, ...later);
  if (focused?.isConnected) focused.focus({ preventScroll: true });
}

function soon(what, delay = DELAY_MS) {
  if (what) lacking.add(what);
  clearTimeout(timer);
  timer = setTimeout(fetchLacking, delay);
}

async function fetchLacking() {
  const now = [...lacking];
  lacking.clear();
  const outcomes = await Promise.allSettled(now.map((what) => (PARTS[what] ? renew(PARTS[what]) : fetchMessage(what))));
  const failed = now.filter((_what, place) => outcomes[place].status === "rejected");
  failures = failed.length ? failures + 1 : 0;
  // Not all at once, when a server comes back to a thousand tabs.
  for (const what of failed) soon(what, WAITS[Math.min(failures, WAITS.length) - 1] * (0.7 + 0.6 * Math.random()));
}

function hear(event) {
  if (event.room !== number) return;
  const isRich = event.kind === "message" && (event.file_count || event.reply_to);
  const about = isRich ? event.number : event.about;
  if ((isRich || CHANGES.has(event.kind)) && shown(about)) soon(about);
  if (TERMS.has(event.kind)) soon("terms");
}

if (room) {
  document.addEventListener("line:event", ({ detail }) => hear(detail));
  document.addEventListener("line:sync", ({ detail }) => {
    if (detail.room !== number) return;
    if (detail.is_far) soon("all");
    else if (lacking.size) soon();
  });
}
