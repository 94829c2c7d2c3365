// Keeps what is typed into a form on the server (crm/drafts), never in the browser: texts may hold personal data.
//   <form data-draft="address" data-draft-seen="page that wrote the draft there is">
//   <span data-draft-said role="status">   inside the form: what became of it, in the server's words

const WAIT_MS = 1000;
const page = crypto.randomUUID();
const states = new WeakMap();

/** What is kept of a form: its texts in order, without the token; files and passwords never. */
export function kept(entries) {
  return [...entries].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && !name.includes("password"));
}

function stateOf(form) {
  if (!states.has(form)) {
    states.set(form, { timer: 0, busy: false, again: false, over: false, seen: form.dataset.draftSeen });
  }
  return states.get(form);
}

function say(form, words, isLoud) {
  const line = form.querySelector("[data-draft-said]");
  if (line) {
    line.textContent = words;
    line.classList.toggle("loud", isLoud);
    line.classList.toggle("soft", !isLoud);
  }
}

async function send(form, isLeaving = false) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = 0;
  if (state.busy && !isLeaving) {
    state.again = true;
    return;
  }
  state.busy = true;
  const body = JSON.stringify({ window: page, seen: state.seen, fields: kept(new FormData(form).entries()) });
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, "Content-Type": "application/json", Accept: "application/json" };
  try {
    const reply = await fetch(form.dataset.draft, { method: "POST", headers, body, keepalive: isLeaving, redirect: "manual" });
    const isOurs = reply.headers.get("Content-Type")?.includes("json");
    state.seen = reply.ok ? page : state.seen;
    state.over ||= [403, 404, 409].includes(reply.status);
    if (isOurs) {
      say(form, (await reply.json()).said, !reply.ok);
    }
  } catch {
    // The server is away: what is typed stands in the form, and the next key tries again.
  }
  state.busy = false;
  if (state.again) {
    state.again = false;
    await send(form);
  }
}

function onInput(event) {
  const form = event.target.form;
  if (form?.dataset.draft && !stateOf(form).over) {
    const state = stateOf(form);
    clearTimeout(state.timer);
    state.timer = setTimeout(send, WAIT_MS, form);
  }
}

function stop(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  Object.assign(state, { timer: 0, again: false, over: true });
}

/** A form that is on its way needs no draft, nor does any whose draft is being discarded. */
function onSubmit(event) {
  if (event.defaultPrevented) {
    return;
  }
  if (event.target.dataset.draft) {
    stop(event.target);
  } else if (event.target.matches("[data-draft-discard]")) {
    document.querySelectorAll("form[data-draft]").forEach(stop);
  }
}

function flush() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (stateOf(form).timer || stateOf(form).again) {
      send(form, true);
    }
  }
}

/** A page that the browser had put by, after "Back": its forms may be filled in and sent again. */
function onReturn(event) {
  if (event.persisted) {
    document.querySelectorAll("form[data-draft]").forEach((form) => states.delete(form));
  }
}

export function startDrafts() {
  document.addEventListener("input", onInput);
  document.addEventListener("change", onInput);
  document.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", onReturn);
  window.addEventListener("beforeunload", flush); // before the next page is asked for; "pagehide" would come after it
  document.addEventListener("visibilitychange", () => document.hidden && flush());
}
