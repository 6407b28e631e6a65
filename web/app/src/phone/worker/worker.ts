// The phone page's service worker: keeps the page's own files and the map tiles
// that were seen, so that both are there without a signal. Answers of the API it
// never keeps; what the phone must remember of them is in its outbox.
//
// It is built apart from the page (see build.ts), which puts in the list of files.
declare const __SHELL__: { version: string; files: string[] };
const list = __SHELL__;

interface WorkerEvent extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface WorkerFetch extends WorkerEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
const worker = self as unknown as {
  addEventListener(type: "install" | "activate", hear: (e: WorkerEvent) => void): void;
  addEventListener(type: "fetch", hear: (e: WorkerFetch) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
};

const shell = `phone-${list.version}`;
const page = "/phone";
const tiles = "phone-tiles";
const maxTiles = 600; // some 15 MB
const patienceMs = 4000; // a signal of one bar is no signal

worker.addEventListener("install", (e) => {
  e.waitUntil(install());
});
worker.addEventListener("activate", (e) => {
  e.waitUntil(activate());
});
worker.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (e.request.mode === "navigate") {
    if (url.pathname === page) e.respondWith(navigate(e.request));
  } else if (url.pathname.startsWith("/assets/") || list.files.includes(url.pathname)) e.respondWith(file(e.request));
  else if (url.pathname.startsWith("/tiles/")) e.respondWith(tile(e.request));
});

async function install(): Promise<void> {
  const cache = await caches.open(shell);
  const fresh = await fetch(page, { cache: "reload" });
  const html = await fresh.clone().text();
  // The page must be of the same build as this list. If the server was updated
  // in between, this install fails and the next one comes with the next visit.
  const entry = list.files[0] ?? "";
  if (!fresh.ok || !html.includes(entry)) throw new Error("the page is of another build");
  await cache.put(page, fresh);
  await cache.addAll(list.files);
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith("phone-") && name !== shell && name !== tiles) await caches.delete(name);
  await worker.clients.claim();
}

// navigate: the server's page if it answers soon, so that an update shows at
// once; else the one that was kept.
async function navigate(request: Request): Promise<Response> {
  const kept = await (await caches.open(shell)).match(page);
  if (kept === undefined) return fetch(request);
  const late = new Promise<Response>((done) => setTimeout(() => done(kept), patienceMs));
  const asked = fetch(request).then((answer) => (answer.ok ? answer : kept), () => kept);
  return Promise.race([asked, late]);
}

// file: names of assets change with what is in them, so a kept one is right.
async function file(request: Request): Promise<Response> {
  const cache = await caches.open(shell);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function tile(request: Request): Promise<Response> {
  const cache = await caches.open(tiles);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept !== undefined) return kept; // the map's id is in the address
  const answer = await fetch(request);
  if (answer.status === 200) {
    const copy = answer.clone();
    void cache.put(request, copy).then(async () => {
      const keys = await cache.keys();
      // in the order of their coming: the oldest go
      await Promise.all(keys.slice(0, Math.max(0, keys.length - maxTiles)).map((k) => cache.delete(k)));
    });
  }
  return answer;
}

export {};
