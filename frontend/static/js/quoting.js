// Messages of a ticket's talk become a reply: each has a box to choose it by, and the reply is shown.

const quoting = document.querySelector("[data-quoting]");
const list = document.querySelector("[data-room] ol.chat");
const box = document.querySelector("[data-room] template").content.querySelector(".chat-choice");

// What came as the server shows it anywhere, as one's own words, has no box yet.
function offer() {
  for (const item of list.querySelectorAll(":scope > [data-number]")) {
    if (item.querySelector(".chat-choice, .chat-away")) continue;
    const choice = box.cloneNode(true);
    choice.querySelector("input").value = item.dataset.number;
    item.querySelector("strong").before(choice, " ");
  }
  quoting.hidden = !list.querySelector(".chat-choice");
}

// Chosen once, taken once; where the internal note stood forward, the reply does now.
function taken({ target, detail }) {
  if (!quoting.contains(target) || !detail.ctx.response.raw.ok) return;
  for (const choice of list.querySelectorAll(".chat-choice input")) choice.checked = false;
  location.hash = "composer";
  document.querySelector("#composer textarea").focus();
}

// After chat.js has shown it.
for (const type of ["line:event", "chat:said", "chat:renewed"]) document.addEventListener(type, offer);
document.addEventListener("htmx:after:swap", taken);
