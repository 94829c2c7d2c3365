// Forms of the call screen that do something at once: sent without leaving the page, so that nothing typed is lost.
// The server answers {url: where to go, parts: {id: html}, said, reset}, or 403 or 422 with {errors: {field: [words]}},
// and where questions are left {missing: [{code, text}]}.
import { toast } from "../toasts.js";

function show(form, errors) {
  for (const place of form.querySelectorAll("[data-error-for]")) {
    const words = errors[place.dataset.errorFor] ?? [];
    place.textContent = words.join(" ");
    place.hidden = words.length === 0;
  }
  const shown = [...form.querySelectorAll("[data-error-for]")].map((place) => place.dataset.errorFor);
  const rest = Object.entries(errors).filter(([name]) => !shown.includes(name)).flatMap(([, words]) => words);
  if (rest.length > 0) {
    toast(rest.join(" "), "loud");
  }
}

function replace(parts) {
  for (const [id, html] of Object.entries(parts ?? {})) {
    const old = document.getElementById(id);
    if (old) {
      const focused = old.contains(document.activeElement);
      const box = document.createElement("template");
      box.innerHTML = html;
      const fresh = box.content.firstElementChild;
      old.replaceWith(fresh);
      if (focused) {
        fresh.setAttribute("tabindex", "-1");
        fresh.focus();
      }
    }
  }
}

/** Send one form. `words`: what to say when the server is away; `before` may refuse by returning a sentence;
 *  `missing` hears which questions are left. */
export async function act(form, { words, before, missing }) {
  const waits = await before(form);
  if (waits) {
    show(form, { "": [waits] });
    return;
  }
  try {
    const reply = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, redirect: "manual" });
    const data = reply.headers.get("Content-Type")?.includes("json") ? await reply.json() : null;
    if (data === null) {
      toast(words.failed, "loud"); // signed out, or the server is in trouble
      return;
    }
    show(form, data.errors ?? {});
    missing?.(form, data.missing ?? []);
    if (reply.ok) {
      done(form, data);
    }
  } catch {
    show(form, { "": [words.failed] });
  }
}

function done(form, data) {
  if (data.url) {
    location.assign(data.url);
    return;
  }
  form.closest("dialog")?.close();
  if (data.reset) {
    form.reset();
  }
  replace(data.parts);
  if (data.said) {
    toast(data.said, "fine");
  }
}

export function startActs(options) {
  const sending = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-act]")) {
      return;
    }
    event.preventDefault();
    if (sending.has(form)) {
      return;
    }
    sending.add(form);
    await act(form, options);
    sending.delete(form);
  });
}
