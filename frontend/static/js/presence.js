// Who is in the room and who is writing, in words. Both may be lost and end by themselves.

const room = document.querySelector("[data-room]");
const number = Number(room?.dataset.room);
const here = room?.querySelector("[data-presence]");
const typing = room?.querySelector("[data-typing]");
const SAY_EVERY_MS = 3000;
const OVER_AFTER_MS = 6000;
const MOST_NAMED = 3;
const writers = new Map(); // handle → name and the timer that ends it
const list = new Intl.ListFormat(document.documentElement.lang);
let saidAt = 0;

// data-one, data-many with {names}; data-crowd with {n} where there are too many to name.
function say(place, names) {
  const { one, many, crowd } = place.dataset;
  const words = names.length > MOST_NAMED ? crowd : names.length > 1 ? many : one;
  const text = names.length ? words.replace("{names}", list.format(names)).replace("{n}", names.length) : "";
  if (place.textContent !== text) place.textContent = text;
}

function showWriters() {
  say(typing, [...writers.values()].map(({ name }) => name));
}

function stop(handle) {
  clearTimeout(writers.get(handle)?.timer);
  if (writers.delete(handle)) showWriters();
}

function hearTyping({ room: where, person }) {
  if (where !== number || person.handle === room.dataset.me) return;
  clearTimeout(writers.get(person.handle)?.timer);
  const timer = setTimeout(stop, OVER_AFTER_MS, person.handle);
  writers.set(person.handle, { name: person.name, timer });
  showWriters();
}

function hearPresence({ room: where, people }) {
  if (where !== number) return;
  say(here, people.filter(({ handle }) => handle !== room.dataset.me).map(({ name }) => name));
}

if (room) {
  document.addEventListener("line:typing", ({ detail }) => hearTyping(detail));
  document.addEventListener("line:presence", ({ detail }) => hearPresence(detail));
  document.addEventListener("line:event", ({ detail }) => {
    if (detail.room === number && detail.kind === "message") stop(detail.author?.handle);
  });
  document.addEventListener("line:state", ({ detail }) => {
    if (detail !== "lost") return;
    for (const handle of [...writers.keys()]) stop(handle);
    say(here, []);
  });
  room.addEventListener("input", ({ target }) => {
    if (!target.matches(".composer textarea") || !target.value.trim() || Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    document.dispatchEvent(new CustomEvent("line:say", { detail: { type: "typing", room: number } }));
  });
}
