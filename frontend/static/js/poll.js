// Where sockets do not get through: ask for what is new in rooms, waiting for it (line.js begins
// and ends this). A browser opens six lines to one server, so two rooms wait and others take turns.
//
// The page's own room, and the desk of its agents, also tell who is there and writes, the first one
// that waits the figures of the bell and the menu; a page without rooms asks for those alone.

const MOST_WAITING = 2;
const WAIT_SECONDS = 25;
const TURN_MS = 20000;
const NOWHERE = 0;
const shown = Number(document.querySelector("[data-room]")?.dataset.room);
const [desk, , at] = (document.querySelector("[data-desk]")?.dataset.liveRooms || "NaN").split(":").map(Number);
const here = new Map(); // what is known of who is there, by room
let [ended, followed, known] = [null, new Map()];

function tell(type, detail) {
  document.dispatchEvent(new CustomEvent(`line:${type}`, { detail }));
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function figure(id) {
  return Number(document.querySelector(`#${id} .count`)?.textContent ?? 0);
}

function addressOf(room, facts) {
  return `/live/${room ? `rooms/${room}/` : ""}events?${new URLSearchParams(facts)}`;
}

async function ask(room, facts, signal) {
  const answer = await fetch(addressOf(room, facts), { signal });
  if (answer.status === 401 || answer.status === 403) return tell("out");
  if (answer.status === 404) return lose(room);
  if (!answer.ok) throw new Error(String(answer.status));
  const { events, number, is_far, hints = [], here: stamp } = await answer.json();
  if (signal.aborted) return;
  if (facts.here !== undefined) here.set(room, stamp);
  const sync = room ? [{ type: "sync", room, number, is_far }] : [];
  tell("polled", [...events, ...sync, ...hints]);
}

// As by a socket: who may enter the page's room no more, or the last one, is shown the page anew.
function lose(room) {
  tell("polled", [{ type: "error", room, code: "gone" }]);
  if (room === shown || !followed.size) tell("out");
}

async function follow(room, place, signal) {
  let failures = 0;
  const isWaiting = place < MOST_WAITING;
  while (!signal.aborted && (room === NOWHERE || followed.has(room))) {
    const facts = { since: followed.get(room) ?? 0, wait: isWaiting ? WAIT_SECONDS : 0 };
    if (room === shown || room === desk) facts.here = here.get(room) ?? 0;
    if (room === desk) facts.at = at;
    if (place === 0) Object.assign(facts, known ?? { unread: figure("bell"), rooms: figure("own-rooms") });
    try {
      await ask(room, facts, signal);
      if (!signal.aborted) tell("state", "live");
      failures = 0;
      await pause(isWaiting ? 100 : TURN_MS);
    } catch {
      if (signal.aborted) return;
      here.delete(room); // what is shown of who is there was taken away
      tell("state", "lost");
      await pause(Math.min(30000, 1000 * 2 ** failures++));
    }
  }
}

document.addEventListener("line:poll", ({ detail: rooms }) => {
  if (ended) return;
  ended = new AbortController();
  followed = rooms;
  here.clear();
  const rank = (room) => (room === shown ? 2 : room === desk ? 1 : 0);
  const order = [...rooms.keys()].sort((one, other) => rank(other) - rank(one));
  (order.length ? order : [NOWHERE]).forEach((room, place) => follow(room, place, ended.signal));
});
document.addEventListener("line:unpoll", () => {
  ended?.abort();
  ended = null;
});
document.addEventListener("line:notices", ({ detail: { unread, rooms } }) => {
  known = { unread, rooms };
});
document.addEventListener("line:say", ({ detail: { type, room } }) => {
  if (!ended || type !== "typing" || !followed.has(room)) return;
  const facts = { since: followed.get(room), wait: 0, typing: 1 };
  fetch(addressOf(room, room === desk ? { ...facts, at } : facts)).catch(() => {});
});
