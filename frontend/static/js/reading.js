// How far one has read a room: the "N new" line, the way down to it, and the mark kept by the server.

const room = document.querySelector("[data-room]");
const list = room?.querySelector("ol.chat");
const log = list?.parentElement;
const below = room?.querySelector("[data-below]");
const MARK_AFTER_MS = 1000;
let marked = Number(room?.dataset.seen);
let [newCount, isShown, timer] = [0, false, null];

function isAtEnd() {
  return log.scrollTop > -8;
}

function last() {
  return Number([...list.querySelectorAll(":scope > [data-number]")].pop()?.dataset.number ?? 0);
}

function words(count) {
  return (count === 1 ? below.dataset.one : below.dataset.many).replace("{n}", count);
}

function showBelow() {
  below.hidden = isAtEnd() || !newCount;
  if (!below.hidden) below.querySelector("button").textContent = words(newCount);
}

function forgetNew() {
  newCount = 0;
  showBelow();
  showAbove(0);
}

// What leads to the room from the head of its page: that, with its number, may come anew meanwhile.
function showAbove(count) {
  const link = document.querySelector("[data-talk]");
  if (!link) return;
  link.dataset.talk = count;
  link.hidden = !count;
  if (count) link.textContent = words(count);
}

// Somebody said something while one is away or reads above: the line stands before the first of it.
function came({ number, author }) {
  if (author.handle === room.dataset.me) return forgetNew();
  if (!document.hidden && isShown && isAtEnd()) return markSoon();
  if (!newCount) list.querySelector(":scope > .chat-new")?.remove();
  newCount += 1;
  showAbove(Number(document.querySelector("[data-talk]")?.dataset.talk) + 1);
  const first = list.querySelector(":scope > .chat-new");
  const line = first ?? Object.assign(document.createElement("li"), { className: "chat-new small", id: "chat-new" });
  line.textContent = words(newCount);
  if (!first) list.querySelector(`:scope > [data-number="${number}"]`)?.before(line);
  showBelow();
  markSoon();
}

async function mark() {
  const number = last();
  if (document.hidden || !isShown || !isAtEnd() || number <= marked) return;
  const form = document.getElementById(`acts-${room.dataset.room}`);
  const data = new FormData(form);
  data.set("number", number);
  const address = `/rooms/${room.dataset.room}/mark`;
  const answer = await fetch(address, { method: "POST", body: data, headers: { "HX-Request": "true" }, redirect: "manual" });
  if (!answer.ok) return; // nothing is marked: again when something moves, or the line stands anew
  marked = Math.max(marked, number);
  forgetNew();
  const button = room.querySelector("[data-mark]");
  if (button && button !== document.activeElement) button.hidden = true;
}

function markSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => mark().catch(() => {}), MARK_AFTER_MS);
}

// To what is new where there is some, else to the end, which is where a browser is by itself.
function begin() {
  const line = list.querySelector(":scope > .chat-new");
  const target = location.hash.startsWith("#message-") && document.getElementById(location.hash.slice(1));
  const top = (target || line)?.getBoundingClientRect().top - log.getBoundingClientRect().top;
  if (top < 0) log.scrollTop += top - 8;
  else fit();
}

// As high as whole messages are: the first one that is seen begins with its author.
function fit() {
  const edge = log.getBoundingClientRect().top + 12;
  const tops = [...list.children].map((item) => item.getBoundingClientRect().top - edge);
  const cut = tops[0] < 0 ? tops.find((top) => top >= 0) : 0;
  if (cut && cut < log.clientHeight / 2) log.style.maxBlockSize = `${log.clientHeight - cut}px`;
}

if (room && !("isOlder" in room.dataset)) {
  begin();
  document.addEventListener("chat:came", ({ detail }) => came(detail));
  document.addEventListener("chat:sent", () => {
    forgetNew();
    list.querySelector(":scope > .chat-new")?.remove();
  });
  for (const type of ["visibilitychange", "line:sync"]) document.addEventListener(type, markSoon);
  log.addEventListener("scroll", () => {
    showBelow();
    if (isAtEnd()) markSoon();
  }, { passive: true });
  below.addEventListener("click", () => {
    log.scrollTop = 0;
    log.focus({ preventScroll: true });
  });
  new IntersectionObserver(([entry]) => {
    isShown = entry.isIntersecting;
    markSoon();
  }).observe(room.querySelector("[data-log-end]"));
}
