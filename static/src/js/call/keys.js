// The keys of the call screen. They come before those of every page (keys.js), rest while somebody types or a dialog is
// open, and can be switched off with them. Digits go by the key on the keyboard, so that Shift+1 is the same on every one.

const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=true]";
const PRESSED = "button, a[href], summary";

/** What a key press asks for: {what: "digit" | "outcome", number}, {what: "next"}, {what: "key", key}, or null.
 *  `where`: "text" in a field of one line of the question, "field" in any other, "button", or "" elsewhere. */
export function meaning({ key, code, shiftKey, where }) {
  if (key === "Enter") {
    return where === "field" || where === "button" ? null : { what: "next" };
  }
  if (where === "field" || where === "text") {
    return null;
  }
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1];
  if (digit) {
    return { what: shiftKey ? "outcome" : "digit", number: Number(digit) };
  }
  return key.length === 1 ? { what: "key", key } : null;
}

function placeOf(element) {
  if (element.matches?.("[data-asks] input[data-value], [data-asks] input[data-remark]")) {
    return "text";
  }
  return element.closest?.(TYPING) ? "field" : element.closest?.(PRESSED) ? "button" : "";
}

/** The visible element that answers to a key. */
function targetOf(key) {
  const found = [...document.querySelectorAll("[data-call-key]")].filter((one) => one.dataset.callKey === key);
  return found.find((one) => !one.disabled && one.getClientRects().length > 0);
}

export function startKeys({ digit, next, outcome }) {
  document.addEventListener("keydown", (event) => {
    const off = localStorage.getItem("single-keys") === "off";
    if (off || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
      return;
    }
    const asked = meaning({ key: event.key, code: event.code, shiftKey: event.shiftKey, where: placeOf(event.target) });
    const target = asked?.what === "key" ? targetOf(asked.key) : null;
    const done = asked?.what === "digit" ? digit(asked.number) : asked?.what === "outcome" ? outcome(asked.number) : asked?.what === "next" ? next() : Boolean(target);
    if (!done) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (target?.matches(TYPING)) {
      target.focus();
      target.select?.();
    } else {
      target?.click();
    }
  }, { capture: true });
}
