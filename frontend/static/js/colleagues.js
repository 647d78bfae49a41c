// Who else has this ticket open, and who writes an answer to it now, above the answer's own field.
//
// By the presence of the ticket's room: never stored, over by itself. Writing an internal note is
// told to nobody.

const room = document.querySelector("[data-room]");
const number = Number(room?.dataset.room);
const SAY_EVERY_MS = 3000;
const OVER_AFTER_MS = 6000;
const MOST_NAMED = 3;
const list = new Intl.ListFormat(document.documentElement.lang);
const writers = new Map(); // handle → name and the timer that ends it
let here = [];
let saidAt = 0;

function sentence(names, { one, many, crowd }) {
  if (!names.length) return "";
  const words = names.length > MOST_NAMED ? crowd : names.length > 1 ? many : one;
  return words.replace("{names}", list.format(names)).replace("{n}", names.length);
}

function show() {
  for (const place of document.querySelectorAll("[data-colleagues]")) {
    const { hereOne, hereMany, hereCrowd, one, many, crowd } = place.dataset;
    const present = sentence(here, { one: hereOne, many: hereMany, crowd: hereCrowd });
    const writing = sentence([...writers.values()].map(({ name }) => name), { one, many, crowd });
    const text = [present, writing].filter(Boolean).join(" · ");
    if (place.textContent !== text) place.textContent = text;
    place.classList.toggle("now", Boolean(writing));
  }
}

function stop(handle) {
  clearTimeout(writers.get(handle)?.timer);
  if (writers.delete(handle)) show();
}

function isOther({ handle }) {
  return handle !== room.dataset.me;
}

if (room) {
  document.addEventListener("line:presence", ({ detail }) => {
    if (detail.room !== number) return;
    here = detail.people.filter(isOther).map(({ name }) => name);
    show();
  });
  document.addEventListener("line:typing", ({ detail: { room: where, person } }) => {
    if (where !== number || !isOther(person)) return;
    clearTimeout(writers.get(person.handle)?.timer);
    writers.set(person.handle, { name: person.name, timer: setTimeout(stop, OVER_AFTER_MS, person.handle) });
    show();
  });
  document.addEventListener("line:state", ({ detail }) => {
    if (detail !== "lost") return;
    here = [];
    for (const handle of [...writers.keys()]) stop(handle);
    show();
  });
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("input", ({ target }) => {
    if (!target.matches("#composer textarea") || !target.value.trim() || Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    document.dispatchEvent(new CustomEvent("line:say", { detail: { type: "typing", room: number } }));
  });
}
