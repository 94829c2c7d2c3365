// Short notices in the corner, read out by screen readers. The server sends them with the header
// HX-Trigger: {"toast": {"text": "…", "kind": "fine"}}.
import { word } from "./words.js";

const STAY_MS = 6000;

/** kind: "", "fine" or "loud"; a loud one stays until it is closed. */
export function toast(text, kind = "") {
  const place = document.getElementById("toasts");
  if (!place) {
    return;
  }
  const box = document.createElement("div");
  box.className = kind ? `toast toast-${kind}` : "toast";
  box.textContent = text;
  place.append(box);
  if (kind === "loud") {
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn-link push";
    close.textContent = word("close");
    close.addEventListener("click", () => box.remove());
    box.append(" ", close);
  } else {
    setTimeout(() => box.remove(), STAY_MS);
  }
}

export function startToasts() {
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind));
  document.addEventListener("htmx:responseError", (event) => {
    const reply = event.detail.xhr;
    if (reply.status === 403 && reply.responseText) {
      toast(reply.responseText, "loud"); // the reason of a refusal, in words
      return;
    }
    toast(word("failed", { status: reply.status, reference: reply.getResponseHeader("X-Request-ID") ?? "–" }), "loud");
  });
  document.addEventListener("htmx:sendError", () => toast(word("offline"), "loud"));
}
