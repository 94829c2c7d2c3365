// The idle lock on an open page: after the quiet time the page is covered and asks for the password; what was typed
// stays underneath. The server locks by itself as well (crm/access/activity.py); typing, which sends nothing, is told to
// it once a minute. Several tabs share one clock.
import { word } from "./words.js";

const CLOCK = "crm-active";
const ALIVE_EVERY_MS = 60000;
const LOOK_EVERY_MS = 5000;

let place = null;
let told = Date.now();
let covered = false;

/** What is due at an instant, all in milliseconds: "lock", "tell" the server that somebody is here, or "". */
export function due({ now, active, told, after }) {
  if (now - active >= after) {
    return "lock";
  }
  return active > told && now - told >= ALIVE_EVERY_MS ? "tell" : "";
}

function lastActive() {
  return Number(localStorage.getItem(CLOCK)) || 0;
}

function note() {
  if (Date.now() - lastActive() > 1000 && !place.open) {
    localStorage.setItem(CLOCK, String(Date.now()));
  }
}

function send(address, body = new FormData()) {
  const headers = { "X-CSRFToken": place.querySelector("[name=csrfmiddlewaretoken]").value, Accept: "application/json" };
  return fetch(address, { method: "POST", headers, body, redirect: "manual" });
}

function cover() {
  covered = true;
  if (!place.open) {
    document.activeElement?.blur();
    place.showModal();
    place.querySelector("[name=password]").focus();
  }
}

function uncover() {
  localStorage.setItem(CLOCK, String(Date.now()));
  told = Date.now();
  covered = false;
  place.close();
}

async function unlock(event) {
  event.preventDefault();
  const form = event.target;
  const said = place.querySelector("[data-said]");
  try {
    const reply = await send(form.action, new FormData(form));
    if (reply.type === "opaqueredirect") {
      location.reload(); // signed out meanwhile: the server knows where to go
      return;
    }
    said.textContent = reply.ok ? "" : (await reply.json()).error;
    if (reply.ok) {
      uncover();
    }
  } catch {
    said.textContent = word("offline");
  }
  form.reset();
  delete form.dataset.sent;
}

async function look() {
  const after = Number(document.body.dataset.lockAfter) * 1000;
  const next = due({ now: Date.now(), active: lastActive(), told, after });
  if (place.open) {
    return;
  }
  if (next === "lock") {
    cover();
    send(place.dataset.lockUrl).catch(() => {});
  } else if (next === "tell") {
    told = Date.now();
    const reply = await send(place.dataset.aliveUrl).catch(() => null);
    if (reply?.status === 423) {
      cover();
    }
  }
}

export function startLock() {
  place = document.getElementById("lock");
  if (!place) {
    return;
  }
  localStorage.setItem(CLOCK, String(Date.now()));
  for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) {
    document.addEventListener(kind, note, { capture: true, passive: true });
  }
  place.addEventListener("submit", unlock);
  place.addEventListener("cancel", (event) => event.preventDefault());
  place.addEventListener("close", () => covered && cover()); // by whatever closes dialogs
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status === 423) {
      event.preventDefault();
      cover();
    }
  });
  window.addEventListener("storage", (event) => {
    if (event.key === CLOCK && place.open) {
      uncover(); // unlocked in another tab
    }
  });
  setInterval(look, LOOK_EVERY_MS);
}
