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

// What had the focus is replaced by what comes in its place: the focus stays there, for who has no
// mouse. On the same act, else on its undoing or redoing, else on the part itself: never on another act.
const does = (one) => one.form?.getAttribute("action") ?? one.getAttribute("href") ?? "";
const called = (one) => one.getAttribute("aria-label") ?? (one.matches("button, a, summary") ? one.textContent.trim() : "");
const what = (one) => [does(one), one.name, called(one)].join(" ");
const undoes = (one, other) => one.type === "submit" && does(one) !== does(other) && does(one).startsWith(does(other));
const isInSight = (one) => {
  const { top, bottom } = one.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};
let left = null;
let moved = 0;
document.addEventListener("focusin", () => { moved = performance.now(); });
document.addEventListener("htmx:before:swap", () => {
  const it = document.activeElement;
  const ids = [];
  for (let part = it; part; part = part.parentElement) if (part.id) ids.push(part.id);
  left = { it, ids, isInSight: isInSight(it) };
});
document.addEventListener("htmx:after:swap", () => {
  // What grew above pushed what has the focus out of sight, or did so while the page scrolled to it.
  const now = document.activeElement;
  const isPushed = left?.isInSight && now === left.it && now !== document.body && !isInSight(now);
  if (isPushed || performance.now() - moved < 2000) now?.scrollIntoView({ block: "nearest" });
  if (left?.it?.isConnected !== false || document.activeElement !== document.body) return;
  const { it, ids } = left;
  const part = ids.map((id) => document.getElementById(id)).find(Boolean);
  if (!part) return;
  const alike = [...part.querySelectorAll(it.tagName)];
  const same = alike.find((one) => what(one) === what(it)) ?? alike.find((one) => undoes(one, it) || undoes(it, one));
  if (!same) part.tabIndex = -1;
  (same ?? part).focus({ preventScroll: true });
});
