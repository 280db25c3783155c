// The personal schedule: asks the service worker to keep it, says when it is read offline, copies
// the calendar's address. Everything on these pages works without this script.
"use strict";
(function () {
  const fresh = document.getElementById("freshness");
  const copy = document.getElementById("copy");

  function show(name, yes) {
    const part = fresh && fresh.querySelector("." + name);
    if (part) part.hidden = !yes;
    // What needs a connection is not offered without one.
    if (name === "offline") document.querySelectorAll(".online").forEach(function (box) { box.hidden = yes; });
  }

  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", function () {
      navigator.clipboard.writeText(document.getElementById("address").value).then(function () {
        copy.textContent = copy.dataset.done;
      });
    });
  }

  // How many messages are new is one person's own and moves at any time: it is asked for apart.
  const inbox = document.getElementById("messages");
  if (inbox && navigator.onLine) {
    fetch(inbox.dataset.unread, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok && !answer.redirected ? answer.text() : "";
    }).then(function (words) {
      if (!words) return;
      const chip = document.createElement("span");
      chip.className = "chip new";
      chip.textContent = words;
      inbox.append(" ", chip);
    }).catch(function () { /* without a connection the link alone is right */ });
  }

  if (!fresh) return;
  window.addEventListener("offline", function () { show("offline", true); });
  // No reload by itself: whoever reads would lose their place.
  window.addEventListener("online", function () { show("offline", false); show("again", true); });
  if (!navigator.onLine) show("offline", true);
  if (!("serviceWorker" in navigator)) return;

  navigator.serviceWorker.addEventListener("message", function (event) {
    if (event.data.type === "kept") { show("kept", true); document.documentElement.dataset.kept = "yes"; }
    if (event.data.type === "origin") show("offline", event.data.offline || !navigator.onLine);
  });
  if (!fresh.dataset.worker) {
    if (navigator.serviceWorker.controller) navigator.serviceWorker.controller.postMessage({ type: "origin" });
    return;
  }
  navigator.serviceWorker.register(fresh.dataset.worker, { scope: "/" }).then(function () {
    return navigator.serviceWorker.ready;
  }).then(function (registration) {
    registration.active.postMessage({ type: "origin" });
    if (!navigator.onLine) return;
    registration.active.postMessage({
      type: "keep", owner: fresh.dataset.owner, pages: fresh.dataset.keep.split(" ")
    });
  });
})();
