// A room on a page: what others say appears, what one says is sent once, nothing typed is lost.
// Without this module the form and a reload do the same.

const room = document.querySelector("[data-room]");
const log = room?.querySelector("ol");
const state = room?.querySelector(".chat-state");
const form = room?.querySelector("form");
const WAITS = [500, 1000, 2000, 5000, 10000];
const LENGTHS = [["day", 86400], ["hour", 3600], ["minute", 60]];
// English has the day before the month here.
const LANGUAGE = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
let tries = 0;
let unsent = false;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function lastNumber() {
  return Number(log.lastElementChild?.dataset.number ?? 0);
}

function say(word) {
  state.textContent = unsent && word === "live" ? state.dataset.unsent : state.dataset[word];
}

function place(item, number) {
  if (log.querySelector(`[data-number="${number}"]`)) return;
  const later = [...log.children].find((one) => Number(one.dataset.number) > number);
  log.insertBefore(item, later ?? null);
  item.scrollIntoView({ block: "nearest" });
}

// As {% avatar %} does: two first letters; where letters would join or run from the right, one.
function initials(name) {
  const words = name.split(/[\s-]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const joins = /^[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
  const count = joins.test(words[0] ?? "") ? 1 : 2;
  return words.slice(0, count).map((word) => [...word][0]).join("").toUpperCase() || "?";
}

// As {% when %} does, for what came in while the line was lost too.
function ago(moment, justNow) {
  const seconds = (Date.now() - moment) / 1000;
  const [unit, length] = LENGTHS.find(([, least]) => seconds >= least) ?? [];
  if (!unit) return justNow;
  return new Intl.RelativeTimeFormat(LANGUAGE).format(-Math.floor(seconds / length), unit);
}

function show(event) {
  if (event.kind !== "message") return;
  const item = room.querySelector("template").content.firstElementChild.cloneNode(true);
  item.id = `message-${event.number}`;
  item.dataset.number = event.number;
  item.querySelector("strong").textContent = event.author.name;
  item.querySelector(".avatar").textContent = initials(event.author.name);
  const time = item.querySelector("time");
  const moment = new Date(event.at);
  time.dateTime = event.at;
  time.title = moment.toLocaleString(LANGUAGE, { dateStyle: "full", timeStyle: "short" });
  time.textContent = ago(moment, time.dataset.justNow);
  item.querySelector(".body").innerHTML = event.html; // made safe by the server, once, when written
  place(item, event.number);
}

function listen() {
  const address = new URL("/ws/", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  const number = Number(room.dataset.room);
  socket.onopen = () => socket.send(JSON.stringify({ type: "subscribe", room: number, since: lastNumber() }));
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === "event") show(frame);
    if (frame.type === "sync") {
      tries = 0;
      say("live");
      if (unsent) form.requestSubmit();
    }
  };
  socket.onclose = ({ code }) => {
    if (code === 4401 || code === 4403) return location.reload();
    say("lost");
    setTimeout(listen, WAITS[Math.min(tries++, WAITS.length - 1)]);
  };
}

async function send(event) {
  event.preventDefault();
  const text = form.elements.source;
  const button = form.querySelector("button");
  if (!text.value.trim() || button.disabled) return;
  button.disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "HX-Request": "true" },
    });
    if (answer.status === 401 || answer.redirected) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const item = document.createElement("ol");
    item.innerHTML = await answer.text();
    place(item.firstElementChild, Number(item.firstElementChild.dataset.number));
    text.value = "";
    text.dispatchEvent(new Event("input", { bubbles: true }));
    form.elements.client_id.value = newId();
    unsent = false;
    say("live");
  } catch {
    unsent = true;
    say("unsent");
  } finally {
    button.disabled = false;
    text.focus();
  }
}

if (room) {
  listen();
  form?.addEventListener("submit", send);
  form?.elements.source.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}
