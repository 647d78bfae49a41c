// Files chosen in a room are kept in this browser (IndexedDB) until the server has them.
//
// Those chosen and not sent off stand in the field again after a reload; those sent off are asked for
// by composer.js ("chat:files") as often as it tries. Where nothing can be kept they last as long as
// the page, and it says so. Who signs out leaves none behind (drafts.js).

const room = document.querySelector("[data-room]");
const [DATABASE, STORE] = ["unsent-files", "chosen"];
const OWN = `${room?.dataset.me}:${room?.dataset.room}:`;
const DRAFT = "chosen"; // stands for a client_id, of which it is none
const KEPT_FOR_MS = 30 * 24 * 3600 * 1000;
const here = new Map(); // by client_id, as long as the page
let opened;
let isKept = true;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function stored(mode, work) {
  const transaction = (await database()).transaction(STORE, mode);
  const asked = work(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

async function keep(id, files) {
  here.set(id, files);
  try {
    await stored("readwrite", (store) => {
      if (id !== DRAFT) store.delete(OWN + DRAFT);
      return files.length ? store.put({ at: Date.now(), files }, OWN + id) : store.delete(OWN + id);
    });
    isKept = true;
  } catch {
    isKept = false;
  }
  return files;
}

async function find(id) {
  if (here.has(id)) return here.get(id);
  const row = await stored("readonly", (store) => store.get(OWN + id)).catch(() => null);
  return row?.files ?? [];
}

async function forget(id) {
  here.delete(id);
  await stored("readwrite", (store) => store.delete(OWN + id)).catch(() => {});
  return [];
}

// What was refused stands in the field again, beside what was chosen since.
async function giveBack(id) {
  const files = [...(await find(id)), ...(field()?.files ?? [])];
  await forget(id);
  await keep(DRAFT, files);
  put(files);
  return files;
}

async function forgetOld(store) {
  const cursor = store.openCursor();
  cursor.onsuccess = () => {
    if (!cursor.result) return;
    if (Date.now() - cursor.result.value.at > KEPT_FOR_MS) cursor.result.delete();
    cursor.result.continue();
  };
}

function field() {
  return room.querySelector("form.composer [name=attachments]");
}

function put(files) {
  if (!field()) return;
  const holder = new DataTransfer();
  for (const file of files) holder.items.add(file);
  field().files = holder.files;
  if (files.length) field().closest("details").open = true;
  show();
}

function show() {
  const place = room.querySelector("[data-files]");
  if (!place) return;
  const names = [...(field()?.files ?? [])].map(({ name }) => name);
  place.hidden = !names.length;
  place.querySelector("span").textContent = (isKept ? place.dataset.kept : place.dataset.here)
    .replace("{names}", new Intl.ListFormat(document.documentElement.lang).format(names));
}

async function restore() {
  if (field() && !field().files.length) put(await find(DRAFT));
}

const ACTS = { keep, find, forget, giveBack };

if (room) {
  document.addEventListener("chat:files", ({ detail }) => {
    detail.answer = ACTS[detail.act](detail.id, detail.files);
  });
  document.addEventListener("chat:sent", () => {
    here.delete(DRAFT);
    show();
  });
  document.addEventListener("chat:renewed", restore);
  room.addEventListener("change", async ({ target }) => {
    if (target !== field()) return;
    await keep(DRAFT, [...target.files]);
    show();
  });
  room.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-files-undo]")) return;
    keep(DRAFT, []);
    put([]);
    field().focus();
  });
  stored("readwrite", forgetOld).catch(() => {});
  restore();
}
