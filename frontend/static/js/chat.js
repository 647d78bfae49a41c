// A room on a page: what is said appears, in order and once; who reads above stays there.
//
// Hears line.js ("line:event"), and who has a message as the server shows it ("chat:said"): composer.js
// and acts.js what was sent, renewing.js what has changed.

const room = document.querySelector("[data-room]");
const number = Number(room?.dataset.room);
const list = room?.querySelector("ol.chat");
const log = list?.parentElement;
const LENGTHS = [["day", 86400], ["hour", 3600], ["minute", 60]];
// English has the day before the month here.
const LANGUAGE = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;

function tell(type, detail) {
  document.dispatchEvent(new CustomEvent(`chat:${type}`, { detail }));
}

const shown = (about) => list.querySelector(`:scope > [data-number="${about}"]`);

// The log is laid out from its end (scrollTop 0); what is looked at stays where it is.
function keepingPlace(change) {
  const edge = log.getBoundingClientRect().top;
  const isAtEnd = log.scrollTop > -8;
  const seen = [...list.children].find((item) => item.getBoundingClientRect().bottom > edge);
  const before = seen?.getBoundingClientRect().top;
  change();
  if (isAtEnd) log.scrollTop = 0;
  else if (seen?.isConnected) log.scrollTop += seen.getBoundingClientRect().top - before;
}

function place(item) {
  const own = Number(item.dataset.number);
  const known = shown(own);
  if (known) return exchange(known, item);
  const later = [...list.children].find((one) => one.matches(".waiting") || Number(one.dataset.number) > own);
  list.insertBefore(item, later ?? null);
}

// Focus, an open menu and a choice outlive the exchange.
function exchange(old, item) {
  const focused = old.contains(document.activeElement) && document.activeElement;
  const choice = old.querySelector(".chat-choice");
  if (choice && !item.querySelector(".chat-away")) item.querySelector("strong")?.before(choice, " ");
  const isOpen = old.querySelector(".chat-menu")?.open;
  if (isOpen && item.querySelector(".chat-menu")) item.querySelector(".chat-menu").open = true;
  old.replaceWith(item);
  if (!focused) return;
  const same = [...item.querySelectorAll("a, button, summary, input")].find((one) => one.tagName === focused.tagName
    && one.value === focused.value && one.getAttribute("href") === focused.getAttribute("href"));
  if (!same) item.tabIndex = -1;
  (same ?? item).focus({ preventScroll: true });
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

function made(event) {
  const item = room.querySelector("template").content.firstElementChild.cloneNode(true);
  item.id = `message-${event.number}`;
  item.dataset.number = event.number;
  item.dataset.clientId = event.client_id;
  item.classList.toggle("mine", event.author.handle === room.dataset.me);
  item.querySelector("bdi").textContent = event.author.name;
  item.querySelector(".avatar").textContent = initials(event.author.name);
  const time = item.querySelector("time");
  const moment = new Date(event.at);
  time.dateTime = event.at;
  time.title = moment.toLocaleString(LANGUAGE, { dateStyle: "full", timeStyle: "short" });
  time.textContent = ago(moment, time.dataset.justNow);
  item.querySelector(".body").innerHTML = event.html; // made safe by the server, once, when written
  for (const choice of item.querySelectorAll("input")) choice.value = event.number;
  item.querySelector("[data-more]").href = `/rooms/${number}/messages/${event.number}`;
  return item;
}

function itemOf(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.querySelector("li[data-number]");
}

function hear(event) {
  if (event.room !== number || event.kind !== "message" || "isOlder" in room.dataset || event.is_removed) return;
  keepingPlace(() => {
    if (!shown(event.number)) place(made(event));
    tell("came", event); // the "N new" line takes space too
  });
}

if (room) {
  document.addEventListener("line:event", ({ detail }) => hear(detail));
  document.addEventListener("chat:said", ({ detail }) => keepingPlace(() => place(itemOf(detail))));
}
