// The line before this one names the shell: its version, and its paths.
/* global shell */

const [prefix, pointers, trust] = ["suishen-shell-", "suishen-pointers", "suishen-trust"];
const [consentedPath, newestPath] = ["/w/consented", "/w/newest"];
const pagePaths = ["/w/", "/w/manifest.webmanifest"];

addEventListener("install", (event) => {
  // A file at the path of its own digest is the same in every shell; where a browser can, it takes it without this worker.
  const files = { condition: { urlPattern: { pathname: "/a/*" }, requestMethod: "GET" }, source: "cache" };
  event.waitUntil(Promise.all([install(), event.addRoutes?.([files])]));
});
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", (event) => {
  if (event.data === "update") skipWaiting();
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname === "/w/sw.js") return;
  if (pagePaths.includes(url.pathname)) event.respondWith(page(request, url.pathname));
  else if (url.pathname.startsWith("/a/")) event.respondWith(file(request));
  else if (/^\/(gates|status)\//.test(url.pathname)) event.respondWith(trusted(request));
});

async function install() {
  const cache = await caches.open(prefix + shell.version);
  await cache.addAll(shell.paths.map((path) => new Request(path, { cache: "reload" })));
  const names = await caches.open(pointers);
  await names.put(newestPath, new Response(shell.version));
  if (!(await names.match(consentedPath))) await names.put(consentedPath, new Response(shell.version));
}

async function activate() {
  const kept = [prefix + (await consented()), prefix + shell.version, pointers, trust];
  const names = await caches.keys();
  await Promise.all(names.filter((name) => !kept.includes(name)).map((name) => caches.delete(name)));
  await clients.claim();
}

async function consented() {
  return (await (await (await caches.open(pointers)).match(consentedPath))?.text()) ?? shell.version;
}

/** The page that the holder agreed to last. */
async function page(request, path) {
  const name = prefix + (await consented());
  const kept = (await caches.has(name)) ? await (await caches.open(name)).match(path) : undefined;
  return kept ?? fetch(request);
}

/** A file at the path of its own digest is the same in every shell. */
async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** The trust list: the newest, or without a network the last one. */
async function trusted(request) {
  const cache = await caches.open(trust);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request);
    if (kept === undefined) throw error;
    return kept;
  }
}
