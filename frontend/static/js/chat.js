// A room on a page: what others say appears, what one says is sent once, nothing typed is lost.
// Without this module the form and a reload do the same.

const room = document.querySelector("[data-room]");
const log = room?.querySelector("ol");
const state = room?.querySelector(".chat-state");
const form = room?.querySelector("form");
const WAITS = [500, 1000, 2000, 5000, 10000];
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

function show(event) {
  if (event.kind !== "message") return;
  const item = room.querySelector("template").content.firstElementChild.cloneNode(true);
  item.id = `message-${event.number}`;
  item.dataset.number = event.number;
  item.querySelector("strong").textContent = event.author.name;
  item.querySelector(".avatar").textContent = event.author.name.slice(0, 2).toUpperCase();
  const time = item.querySelector("time");
  time.dateTime = event.at;
  time.textContent = new Date(event.at).toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
  });
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
