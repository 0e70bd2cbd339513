/**
 * The tablet's service worker: without network the page and its files come from what was kept. The server writes
 * before it which files there are; another program is another script, so that browsers see it.
 */
interface Told {
  version: string;
  page: string;
  files: string[];
}

interface Extendable extends Event {
  waitUntil(what: Promise<unknown>): void;
}

interface Fetched extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface WorkerScope {
  polku: Told;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(name: "install" | "activate", act: (event: Extendable) => void): void;
  addEventListener(name: "fetch", act: (event: Fetched) => void): void;
}

const scope = globalThis as unknown as WorkerScope;
const { version, page, files } = scope.polku;
const PREFIX = "polku-tablet-";
const NAME = PREFIX + version;

scope.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(NAME);
    await cache.addAll(files.map((file) => new Request(file, { cache: "reload" })));
    await scope.skipWaiting();
  };
  event.waitUntil(keep());
});

scope.addEventListener("activate", (event) => {
  const tidy = async () => {
    const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name != NAME);
    await Promise.all(others.map((name) => caches.delete(name)));
    await scope.clients.claim();
  };
  event.waitUntil(tidy());
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method != "GET" || new URL(request.url).origin != location.origin) return;
  const isPage = request.mode == "navigate" && new URL(request.url).pathname == page;
  const kept = async () => (await (await caches.open(NAME)).match(isPage ? page : request, { ignoreVary: true })) ?? fetch(request);
  event.respondWith(kept());
});
