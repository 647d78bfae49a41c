// What one says in a room is kept in this browser until the server has it, and sent once.
//
// A message keeps its client_id through lost lines, killed servers, reloads and signing in again: the
// server takes a second sending for the first. Keys begin as those of drafts.js, which forgets them.

const room = document.querySelector("[data-room]");
const PREFIX = `draft:unsent:${room?.dataset.me}:${room?.dataset.room}:`;
const WAITS = [1000, 2000, 5000, 10000, 30000];
let [isBusy, isLate, tries, timer] = [false, false, 0, null];

const form = () => room.querySelector("form.composer");

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unsent() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  return keys.map((key) => JSON.parse(localStorage.getItem(key))).sort((one, other) => one.at - other.at);
}

function show() {
  document.dispatchEvent(new CustomEvent("chat:unsent", { detail: { waiting: unsent(), isLate } }));
}

// Files are kept by files.js: keep, find, forget, giveBack.
function files(act, id, chosen) {
  const detail = { act, id, files: chosen, answer: Promise.resolve([]) };
  document.dispatchEvent(new CustomEvent("chat:files", { detail }));
  return detail.answer;
}

const refuse = (html) => (room.querySelector("[data-refusal]").innerHTML = html);

function acknowledge(id) {
  if (localStorage.getItem(PREFIX + id) === null) return;
  localStorage.removeItem(PREFIX + id);
  files("forget", id);
  tries = 0;
  show();
}

function later(seconds) {
  isLate = true;
  clearTimeout(timer);
  timer = setTimeout(flush, seconds ? seconds * 1000 : WAITS[Math.min(tries++, WAITS.length - 1)]);
}

// Words and files stand in their fields again, before what was typed since. Return whether they do.
function giveBack({ client_id, source, file_count }, why) {
  refuse(why);
  if (!form()) return false;
  localStorage.removeItem(PREFIX + client_id);
  if (file_count) files("giveBack", client_id);
  const text = form().elements.source;
  text.value = [source, text.value].filter(Boolean).join("\n\n");
  for (const type of ["input", "change"]) text.dispatchEvent(new Event(type, { bubbles: true }));
  return true;
}

async function send(entry, chosen) {
  const data = new FormData();
  for (const name of ["client_id", "source", "reply_to", "seen", "send_secrets"]) data.append(name, entry[name] ?? "");
  data.append("csrfmiddlewaretoken", room.querySelector("[name=csrfmiddlewaretoken]").value);
  for (const file of chosen) data.append("attachments", file);
  const ended = new AbortController();
  const timeout = chosen.length ? null : setTimeout(() => ended.abort(), 20000);
  const how = { method: "POST", body: data, headers: { "HX-Request": "true" }, signal: ended.signal };
  return fetch(`/rooms/${room.dataset.room}/messages`, how).finally(() => clearTimeout(timeout));
}

// Return whether the next one may be sent.
async function deliver(entry) {
  const chosen = entry.file_count ? await files("find", entry.client_id) : [];
  if (chosen.length < entry.file_count) return giveBack(entry, room.querySelector("[data-refusal]").dataset.filesLost);
  const answer = await send(entry, chosen);
  if (answer.ok && !answer.redirected) {
    if (isLate) refuse(""); // what was said of having to wait is over
    document.dispatchEvent(new CustomEvent("chat:said", { detail: await answer.text() }));
    acknowledge(entry.client_id);
    return true;
  }
  if (answer.status === 401 || answer.redirected || (answer.status === 403 && !entry.was_refused)) {
    keep({ ...entry, was_refused: true });
    isLate = true; // not again from here, where it would be refused for good: the page anew knows why
    return void document.dispatchEvent(new CustomEvent("line:out"));
  }
  if (answer.status === 429) refuse(await answer.text());
  if (answer.status === 429 || answer.status >= 500) return later(Number(answer.headers.get("Retry-After")));
  return giveBack(entry, await answer.text());
}

async function flush() {
  if (isBusy) return;
  isBusy = true;
  try {
    while (unsent().length && (await deliver(unsent()[0])));
  } catch {
    later();
  } finally {
    isBusy = false;
    show();
  }
}

function keep(entry) {
  localStorage.setItem(PREFIX + entry.client_id, JSON.stringify(entry));
}

function sendOff(event) {
  const { elements } = event.target;
  const [chosen, source] = [[...(elements.attachments?.files ?? [])], elements.source.value.trim()];
  if (!source && !chosen.length) return event.preventDefault();
  const client_id = elements.client_id.value;
  const send_secrets = event.submitter?.name === "send_secrets" ? event.submitter.value : "";
  const facts = { client_id, source, reply_to: elements.reply_to?.value, seen: room.dataset.head, send_secrets };
  try {
    const file_names = chosen.map(({ name }) => name);
    keep({ at: Date.now(), ...facts, file_count: chosen.length, file_names });
  } catch {
    return; // without storage the form does it
  }
  event.preventDefault();
  if (chosen.length) files("keep", client_id, chosen);
  refuse("");
  event.target.reset();
  elements.source.value = "";
  elements.client_id.value = newId();
  document.dispatchEvent(new CustomEvent("chat:sent"));
  isLate = isBusy && isLate;
  show();
  room.querySelector(".chat-log").scrollTop = 0;
  flush();
}

if (room) {
  // Not a form that names files which wait on the server: those go with it alone.
  room.addEventListener("submit", (event) => event.target === form() && !form().elements.waiting && sendOff(event));
  room.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    if (event.target.matches(".composer textarea")) event.target.form.requestSubmit();
  });
  document.addEventListener("line:event", ({ detail }) => acknowledge(detail.client_id));
  for (const type of ["line:sync", "chat:renewed"]) document.addEventListener(type, () => flush());
  for (const item of room.querySelectorAll("[data-client-id]")) acknowledge(item.dataset.clientId);
  isLate = true; // what is left from before
  flush();
}
