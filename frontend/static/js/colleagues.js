// Who else has this ticket open, and who writes an answer to it now, above the answer's own field.
//
// By the presence of the ticket's room, and of who looks at the ticket in its queue's room: agents
// alone are there, who see who asked and who do not. Never stored, over by itself. Writing an internal
// note is told to nobody.

const desk = document.querySelector("[data-desk]");
const me = (desk ?? document.querySelector("[data-room]"))?.dataset.me;
const [deskRoom, , deskAt] = (desk?.dataset.liveRooms ?? "").split(":").map(Number);
const ownRoom = Number(document.querySelector("[data-room]")?.dataset.room);
const told = [
  [ownRoom, 0],
  [deskRoom, deskAt],
].filter(([room]) => room);
const SAY_EVERY_MS = 3000;
const OVER_AFTER_MS = 6000;
const MOST_NAMED = 3;
const list = new Intl.ListFormat(document.documentElement.lang);
const writers = new Map(); // handle → name and the timer that ends it
const here = new Map(); // room → who is there
let saidAt = 0;

function sentence(names, { one, many, crowd }) {
  if (!names.length) return "";
  const words = names.length > MOST_NAMED ? crowd : names.length > 1 ? many : one;
  return words.replace("{names}", list.format(names)).replace("{n}", names.length);
}

// Once each, who is in both.
function names() {
  const people = [...here.values()].flat().filter(isOther);
  return [...new Map(people.map(({ handle, name }) => [handle, name])).values()];
}

function show() {
  for (const place of document.querySelectorAll("[data-colleagues]")) {
    const { hereOne, hereMany, hereCrowd, one, many, crowd } = place.dataset;
    const present = sentence(names(), { one: hereOne, many: hereMany, crowd: hereCrowd });
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
  return handle !== me;
}

function isTold({ room, at = 0 }) {
  return told.some(([one, spot]) => one === room && spot === at);
}

if (told.length) {
  document.addEventListener("line:presence", ({ detail }) => {
    if (!isTold(detail)) return;
    here.set(detail.room, detail.people);
    show();
  });
  document.addEventListener("line:typing", ({ detail }) => {
    const { handle, name } = detail.person;
    if (!isTold(detail) || !isOther(detail.person)) return;
    clearTimeout(writers.get(handle)?.timer);
    writers.set(handle, { name, timer: setTimeout(stop, OVER_AFTER_MS, handle) });
    show();
  });
  document.addEventListener("line:state", ({ detail }) => {
    if (detail !== "lost") return;
    here.clear();
    for (const handle of [...writers.keys()]) stop(handle);
    show();
  });
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("input", ({ target }) => {
    if (!target.matches("#composer textarea") || !target.value.trim() || Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    for (const [room] of told) document.dispatchEvent(new CustomEvent("line:say", { detail: { type: "typing", room } }));
  });
}
