// One line a tab to the server, for all rooms of the page and the bell: frames in chat/README.md.
//
// What comes down is told on the document as "line:" and the frame's type; other modules speak up
// by "line:say", and by "line:look" when the page follows other rooms than before. Where sockets do
// not get through, poll.js asks instead.

const WAITS = [500, 1000, 2000, 5000, 10000, 30000];
const FAILURES_BEFORE_POLL = 3;
const LIVED_MS = 10000;
const PING_MS = 25000;
const UNSEEN_BEFORE_ACK = 16;
const RELOADED = "line-reloaded";
const ONCE_IN_MS = 5 * 60 * 1000;
const TOLD = new Set(["event", "sync", "typing", "presence", "notices", "error"]);

const rooms = new Map(); // number of the last event that came, by room
const spots = new Map(); // what is looked at in a room ("at" of frames), by room
const refused = new Set();
const unseen = new Set();
let [socket, timer, acknowledging, touched, isOver] = [];
let [tries, failures, unseenCount, greetedAt, heardAt, leastWait] = [0, 0, 0, 0, 0, 0];

function tell(type, detail) {
  document.dispatchEvent(new CustomEvent(`line:${type}`, { detail }));
}

function say(frame) {
  if (greetedAt && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function wanted() {
  const found = new Map();
  const panel = document.querySelector("[data-room]")?.dataset;
  const asked = [...document.querySelectorAll("[data-live-rooms]")].map(({ dataset }) => dataset.liveRooms);
  for (const one of [panel && `${panel.room}:${panel.head}`, ...asked].join(" ").split(" ").filter(Boolean)) {
    const [room, since, at] = one.split(":").map(Number);
    found.set(room, Math.min(since, found.get(room) ?? since));
    if (at) spots.set(room, at);
  }
  return found;
}

function look() {
  const found = wanted();
  for (const room of rooms.keys()) if (!found.has(room) && rooms.delete(room)) say({ type: "unsubscribe", room });
  for (const [room, since] of found) {
    if (rooms.has(room) || refused.has(room)) continue;
    rooms.set(room, since);
    say({ type: "subscribe", room, since, at: spots.get(room) });
  }
}

// "Seen" opens the server's window and marks nothing as read, so it is said in hidden tabs too;
// timers hardly run there, hence also by count.
function acknowledge() {
  clearTimeout(acknowledging);
  [acknowledging, unseenCount] = [null, 0];
  for (const room of unseen) if (rooms.has(room)) say({ type: "seen", room, number: rooms.get(room) });
  unseen.clear();
}

function hear(frame) {
  const { type, room, number } = frame;
  if (type === "hello") {
    [greetedAt, failures] = [Date.now(), 0];
    tell("unpoll");
    for (const [one, since] of rooms) say({ type: "subscribe", room: one, since, at: spots.get(one) });
    tell("state", "live");
    tell("notices", frame);
  }
  if (type === "bye") leastWait = (frame.again_after_seconds ?? 0) * 1000;
  if (!TOLD.has(type) || (room && type !== "error" && !rooms.has(room))) return;
  if (type === "event") {
    unseen.add(room);
    const isKnown = number <= rooms.get(room);
    if (!isKnown) rooms.set(room, number);
    if (++unseenCount >= UNSEEN_BEFORE_ACK) acknowledge();
    else acknowledging ??= setTimeout(acknowledge, 200);
    if (isKnown) return;
  }
  if (type === "sync") rooms.set(room, Math.max(number, rooms.get(room)));
  if (type === "error" && rooms.delete(room)) refused.add(room);
  tell(type, frame);
}

function connect() {
  clearTimeout(timer);
  if (isOver || socket || !navigator.onLine) return;
  const address = new URL("/ws/", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const own = new WebSocket(address);
  socket = own;
  heardAt = Date.now();
  own.onmessage = ({ data }) => {
    if (own !== socket) return;
    heardAt = Date.now();
    hear(JSON.parse(data));
  };
  own.onclose = ({ code }) => own === socket && lose(code);
}

function lose(code) {
  const lived = greetedAt && Date.now() - greetedAt;
  if (!lived) failures += 1;
  if (lived > LIVED_MS) tries = 0;
  [socket, greetedAt] = [null, 0];
  if (lived || failures < FAILURES_BEFORE_POLL) tell("state", "lost");
  if (code === 4401 || code === 4403) return leave();
  if (failures >= FAILURES_BEFORE_POLL && navigator.onLine) tell("poll", rooms);
  const wait = Math.max(WAITS[Math.min(tries++, WAITS.length - 1)], leastWait);
  leastWait = 0;
  // Not all at once, when a server comes back to a thousand tabs.
  timer = setTimeout(connect, wait * (0.7 + 0.6 * Math.random()));
}

function cut() {
  if (!socket) return;
  socket.onclose = null;
  socket.close();
  lose(1006);
}

// Signed out, suspended or put out of the room: the page anew says which. Once, and not over what
// was typed into a form that keeps no draft.
function leave() {
  isOver = true;
  tell("unpoll");
  const last = socket;
  [socket, greetedAt] = [null, 0]; // or its end would be told as a line that is lost
  last?.close();
  const isRecent = Date.now() - sessionStorage.getItem(RELOADED) < ONCE_IN_MS;
  if (touched || isRecent) return tell("state", "out");
  sessionStorage.setItem(RELOADED, Date.now());
  setTimeout(() => location.reload(), 1000); // drafts are kept until then
}

document.addEventListener("input", ({ target: { form } }) => {
  if (form?.method === "post" && !form.dataset.draft) touched = true;
});
document.addEventListener("line:say", ({ detail }) => say(detail));
document.addEventListener("line:polled", ({ detail }) => detail.forEach(hear));
document.addEventListener("line:out", leave);
for (const type of ["line:look", "htmx:after:swap"]) document.addEventListener(type, look);
window.addEventListener("offline", cut);
window.addEventListener("online", connect);
window.addEventListener("pageshow", connect); // behind all modules, so that they hear its first word
document.addEventListener("visibilitychange", () => !document.hidden && connect());
setInterval(() => (Date.now() - heardAt > PING_MS * 1.5 ? cut() : say({ type: "ping" })), PING_MS);
look();
