"use strict";

// Keeps the offline page, and leads to it where the network is gone. `FILES`, `PAGE` and `CACHE` stand
// above, written by the route that serves this. Nothing else is kept: no answer, no name, no code.

const KEPT_AS = "creditbank-offline-";

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const clean = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(KEPT_AS) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await clients.claim();
  };
  event.waitUntil(clean());
});

/** Give a kept file while it cannot be fetched. */
const fileOf = async (request) => {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
};

/** Lead to the offline page where there is no network; what was typed goes along behind the `#`. */
const pageOf = async (request) => {
  const typed = request.method === "POST" ? request.clone() : null;
  try {
    return await fetch(request);
  } catch {
    const code = typed ? (await typed.formData()).get("code") : null;
    const handed = typeof code === "string" ? `#${encodeURIComponent(code)}` : "";
    return Response.redirect(PAGE + handed);
  }
};

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (FILES.includes(pathname)) event.respondWith(fileOf(request));
  else if (request.mode === "navigate") event.respondWith(pageOf(request));
});
