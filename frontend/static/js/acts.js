// What one does with a message happens in its place: reacting, editing, removing, replying.

const room = document.querySelector("[data-room]");
const PARTS = "form.chat-acts, form[data-edits]";

function tell(type, detail) {
  document.dispatchEvent(new CustomEvent(type, { detail }));
}

async function fragment(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { "HX-Request": "true" } });
  if (answer.status === 401 || answer.redirected) tell("line:out");
  return { isGood: answer.ok && !answer.redirected, status: answer.status, html: await answer.text() };
}

function say(html) {
  const place = room.querySelector("[data-refusal]");
  if (place) place.innerHTML = html;
}

async function change(form, button) {
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  const address = button?.getAttribute("formaction") || form.getAttribute("action");
  const { isGood, status, html } = await fragment(address, { method: "POST", body: data });
  if (isGood) tell("chat:said", html);
  else if (form.dataset.edits !== undefined && (status === 422 || status === 409)) edit(form.closest("li"), html);
  else say(html);
}

// The form stands where the words stood; the message comes back as it is then.
function edit(item, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const form = holder.content.querySelector("form");
  form.dataset.edits = "";
  form.dataset.draft = `edit-${room.dataset.room}-${item.dataset.number}`;
  item.querySelector("form[data-edits], .body")?.replaceWith(form);
  item.querySelector(".chat-acts")?.remove();
  form.querySelector("textarea").focus();
}

async function open(link, event) {
  event.preventDefault();
  const item = link.closest("li");
  const isEdit = link.matches("[data-edit]");
  const address = isEdit ? link.getAttribute("href") : `/rooms/${room.dataset.room}/messages/${item.dataset.number}`;
  const { isGood, html } = await fragment(address);
  if (!isGood) return say(html);
  if (isEdit) return edit(item, html);
  tell("chat:said", html);
  const now = document.getElementById(item.id);
  const menu = now?.querySelector(".chat-menu");
  if (menu) menu.open = true;
  const next = menu?.querySelector("summary") ?? now;
  if (next === now) now.tabIndex = -1;
  next?.focus({ preventScroll: true });
}

function reply(to, name, event) {
  const form = room.querySelector("form.composer");
  const place = form?.querySelector("[data-replying]");
  if (!place) return;
  event.preventDefault();
  form.elements.reply_to.value = to;
  place.querySelector("bdi").textContent = name;
  place.hidden = !to;
  form.elements.source.focus();
}

if (room) {
  room.addEventListener("submit", (event) => {
    if (!event.target.matches(PARTS)) return;
    event.preventDefault();
    change(event.target, event.submitter).catch(() => event.target.submit());
  });
  room.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest?.("a");
    if (link?.matches("[data-edit], [data-edit-undo], [data-more]")) open(link, event).catch(() => location.assign(link.href));
    else if (link?.matches("[data-reply]")) {
      reply(link.dataset.reply, link.closest("li").querySelector("strong").textContent, event);
    } else if (link?.matches("[data-reply-undo]")) reply("", "", event);
  });
  document.addEventListener("chat:sent", () => {
    const place = room.querySelector("[data-replying]");
    if (!place) return;
    place.hidden = true;
    place.querySelector("input").value = "";
  });
}
