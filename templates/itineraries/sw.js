{% load itineraries %}// Keeps one person's schedule for reading without a connection: the schedule, its session pages,
// the plan, and the three files they need. Nothing else is kept. Network first, so that whoever is
// online reads what is true now.
"use strict";
const NAME = "my-schedule-{{ release }}";
const OWNER = "/my/owner";
const STATIC = {{ static_files|js_list }};
const PREFIXES = {{ prefixes|js_list }};
const served = new Map();

self.addEventListener("install", function (event) { event.waitUntil(self.skipWaiting()); });
self.addEventListener("activate", function (event) {
  event.waitUntil(
    caches.keys()
      .then(function (names) { return Promise.all(names.filter(function (n) { return n !== NAME; }).map(function (n) { return caches.delete(n); })); })
      .then(function () { return self.clients.claim(); })
  );
});

function forget() {
  return caches.keys().then(function (names) { return Promise.all(names.map(function (n) { return caches.delete(n); })); });
}
function isAccount(url) {
  return PREFIXES.some(function (prefix) { return url.pathname.startsWith(prefix + "account/"); });
}
function keepsPeople(url) {
  return PREFIXES.some(function (prefix) {
    return url.pathname === prefix + "my/" || url.pathname === prefix + "my/plan/" ||
      url.pathname.startsWith(prefix + "sessions/");
  });
}

// The page says whose schedule it is and which pages belong to it. Another owner empties all first.
self.addEventListener("message", function (event) {
  const asked = event.data || {};
  if (asked.type === "keep") event.waitUntil(keep(asked, event.source));
  if (asked.type === "forget") event.waitUntil(forget());
  if (asked.type === "origin" && event.source) {
    event.source.postMessage({ type: "origin", offline: served.get(event.source.id) === true });
  }
});

async function keep(asked, source) {
  const cache = await caches.open(NAME);
  const before = await cache.match(OWNER);
  if (before && (await before.text()) !== asked.owner) await forget();
  const fresh = await caches.open(NAME);
  await fresh.put(OWNER, new Response(asked.owner));
  const wanted = asked.pages.concat(STATIC);
  const gone = (await fresh.keys()).filter(function (request) {
    const path = new URL(request.url).pathname;
    return path !== OWNER && !wanted.includes(path);
  });
  await Promise.all(gone.map(function (request) { return fresh.delete(request); }));
  for (const path of wanted) {
    try {
      const answer = await fetch(path, { credentials: "same-origin" });
      if (answer.ok && !answer.redirected) await fresh.put(path, answer);
    } catch (error) {
      return;  // the connection went away; what is kept already stays
    }
  }
  if (source) source.postMessage({ type: "kept" });
}

self.addEventListener("fetch", function (event) {
  const request = event.request;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && isAccount(url)) {
    event.waitUntil(forget());
    return;
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(keepsPeople(url) ? page(event, url) : other(request));
  else if (STATIC.includes(url.pathname)) event.respondWith(fromNetwork(request, url));
});

async function page(event, url) {
  try {
    const answer = await fetch(event.request);
    served.set(event.resultingClientId, false);
    // A page of ours that leads elsewhere leads to the sign-in page: this person is signed out. The
    // browser follows by itself, so all we see is that there is a redirect.
    if (answer.type === "opaqueredirect") await forget();
    else if (answer.ok) await refresh(url, answer);
    return answer;
  } catch (error) {
    const kept = await (await caches.open(NAME)).match(url.pathname);
    if (!kept) return backToSchedule(error);
    served.set(event.resultingClientId, true);
    return kept;
  }
}

// Without a connection every other page leads back to the schedule, which says so.
async function other(request) {
  try {
    return await fetch(request);
  } catch (error) {
    return backToSchedule(error);
  }
}
async function backToSchedule(error) {
  const cache = await caches.open(NAME);
  for (const prefix of PREFIXES) {
    if (await cache.match(prefix + "my/")) return Response.redirect(prefix + "my/");
  }
  throw error;
}

// Only what the schedule named is brought up to date: other pages are read and not kept.
async function refresh(url, answer) {
  const cache = await caches.open(NAME);
  if (await cache.match(url.pathname)) await cache.put(url.pathname, answer.clone());
}

async function fromNetwork(request, url) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(NAME)).match(url.pathname);
    if (!kept) throw error;
    return kept;
  }
}
