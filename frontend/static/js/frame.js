// What every page's frame does: open menus close when one leaves them, and the line's loss is said.

function close(menu) {
  if (menu.open) menu.open = false;
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) close(menu);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    close(menu);
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu);
});

// A form sent twice by an impatient hand: the second send is held back for a moment. The server
// does things once anyway; this spares the wait.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What htmx cannot say by itself: the line is lost, or the server is broken.
function say(words) {
  const place = document.getElementById("flashes");
  const notice = document.createElement("div");
  notice.className = "notice now";
  notice.append(Object.assign(document.createElement("p"), { textContent: place.dataset[words] }));
  place.replaceChildren(notice);
}
document.addEventListener("htmx:error", (event) => {
  if (event.detail.error?.name !== "AbortError") say("lost");
});
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response.status >= 500) say("broken");
});
document.addEventListener("htmx:before:request", () => {
  for (const notice of document.querySelectorAll("#flashes .now")) notice.remove();
});
