// Keyboard: any link, button or field with data-key="n" or data-key="g c" answers to that key.
// Keys rest while somebody types, while a dialog is open, and when the user has switched them off (WCAG 2.1.4).
import { openDialog } from "./dialogs.js";
import { moveRow, toggleRow } from "./rows.js";
import { createSequence } from "./sequence.js";

const STORE = "single-keys";
const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=true]";
const press = createSequence();

function keysAreOn() {
  return localStorage.getItem(STORE) !== "off";
}

function targetOf(command) {
  const found = [...document.querySelectorAll("[data-key]")].filter((element) => element.dataset.key === command);
  return found.find((element) => !element.disabled && element.getClientRects().length > 0) ?? found[0];
}

function run(element) {
  if (element.matches(TYPING)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

const own = {
  "?": () => openDialog("keys"),
  j: () => moveRow(1),
  k: () => moveRow(-1),
  x: () => toggleRow()
};

function leave(event) {
  const active = document.activeElement;
  if (active?.matches(TYPING)) {
    active.blur();
    return;
  }
  const back = document.querySelector("[data-back]");
  if (back && !document.querySelector("dialog[open], details.pop[open]") && location.hash !== "#nav") {
    event.preventDefault();
    back.click();
  }
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  if (event.key === "Escape") {
    leave(event);
    return;
  }
  if (!keysAreOn() || event.target.closest?.(TYPING) || document.querySelector("dialog[open]") || event.key.length > 1) {
    return;
  }
  const known = (command) => Boolean(own[command] ?? targetOf(command));
  const command = press(event.key, event.timeStamp, known);
  if (command === null) {
    return;
  }
  event.preventDefault();
  const element = targetOf(command);
  if (element) {
    run(element);
  } else {
    own[command]();
  }
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  const choice = document.querySelector("[data-keys-switch]");
  if (choice) {
    choice.checked = keysAreOn();
    choice.addEventListener("change", () => localStorage.setItem(STORE, choice.checked ? "on" : "off"));
  }
}
