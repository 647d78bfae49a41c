// How the line stands, and what is not sent yet: said in words, and a bubble for each message.

const room = document.querySelector("[data-room]");
const state = room?.querySelector(".chat-state");
const list = room?.querySelector("ol.chat");
let [line, unsent] = ["", { waiting: [], isLate: false }];

function bubbleOf({ client_id, source, file_names = [] }) {
  const bubble = document.createElement("li");
  bubble.className = "mine waiting";
  bubble.dataset.waits = client_id;
  const body = Object.assign(document.createElement("div"), { className: "body", dir: "auto" });
  body.textContent = source;
  for (const name of file_names) {
    body.append(Object.assign(document.createElement("div"), { className: "small", dir: "auto", textContent: `📎 ${name}` }));
  }
  bubble.append(body);
  return bubble;
}

function showBubbles() {
  const ids = new Set(unsent.waiting.map((one) => one.client_id));
  const bubbles = [...list.querySelectorAll(":scope > .waiting")];
  for (const bubble of bubbles) if (!ids.delete(bubble.dataset.waits)) bubble.remove();
  list.append(...unsent.waiting.filter((one) => ids.has(one.client_id)).map(bubbleOf));
}

function showWords() {
  const isLate = unsent.isLate && unsent.waiting.length > 0;
  const words = [isLate && line === "live" ? "" : state.dataset[line], isLate && state.dataset.unsent];
  const text = words.filter(Boolean).join(" ");
  if (text && state.textContent !== text) state.textContent = text;
  state.classList.toggle("now", isLate || line === "lost" || line === "out");
}

if (room) {
  document.addEventListener("line:state", ({ detail }) => {
    line = detail;
    showWords();
  });
  document.addEventListener("chat:unsent", ({ detail }) => {
    unsent = detail;
    showBubbles();
    showWords();
  });
}
