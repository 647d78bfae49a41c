// Keep what is typed in forms with data-sheet on the server too, a moment after the last key.
//
// The form carries its draft's token: once it was posted, here or in another tab, the server takes
// no more of it (409) and nothing is kept here any more.

const WAIT_MS = 4000;
const PREVIEW_MS = 1200;
const waiting = new Map();
const shown = new Map();
const ended = new WeakSet();

async function keep(form) {
  waiting.delete(form);
  if (ended.has(form)) return;
  const data = new URLSearchParams(new FormData(form));
  const headers = { "HX-Request": "true" };
  try {
    const answer = await fetch("/drafts", { method: "POST", body: data, headers });
    if (answer.ok) say(form, (await answer.text()).trim());
    else if (answer.status === 409) ended.add(form);
  } catch {
    // The line is lost: drafts.js has kept it in this browser.
  }
}

function say(form, html) {
  const place = form.querySelector("[data-sheet-state]");
  const words = new DOMParser().parseFromString(html, "text/html").body.textContent;
  if (place) place.textContent = words;
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-sheet]")) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(keep, WAIT_MS, form));
  if (!form.querySelector(".preview")) return;
  clearTimeout(shown.get(form));
  shown.set(form, setTimeout(show, PREVIEW_MS, form));
});

// A preview that was asked for once follows what is typed.
function show(form) {
  if (!ended.has(form)) form.querySelector("button[name=preview]")?.click();
}

// Posting spends the draft: what would be kept after it could only come too late.
document.addEventListener("submit", (event) => {
  clearTimeout(waiting.get(event.target));
  if (event.target.matches("[data-sheet]")) ended.add(event.target);
});

// Back from the next page as it was left: it may be written on again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("[data-sheet]")) ended.delete(form);
});
