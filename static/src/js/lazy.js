// Charts, searchable choices, players and recorders are heavy: their scripts load only where a page has one.

// A part may be come upon again while its script is still on the way; it is drawn once.
const taken = new WeakSet();

function load(root, selector, attribute, use) {
  const found = [...root.querySelectorAll(selector)].filter((element) => !taken.has(element));
  const address = document.body.getAttribute(attribute);
  if (found.length > 0 && address) {
    found.forEach((element) => taken.add(element));
    import(address).then((module) => use(module, found)).catch(() => {
      for (const element of found) {
        element.closest(".chart")?.classList.add("has-failed");
      }
    });
  }
}

export function loadParts(root) {
  load(root, "[data-chart]", "data-charts-script", (module, found) => found.forEach(module.draw));
  load(root, "select[data-search]", "data-select-script", (module, found) => found.forEach(module.enhance));
  load(root, "[data-player]", "data-player-script", (module, found) => found.forEach(module.enhance));
  load(root, "[data-recorder]", "data-recorder-script", (module, found) => found.forEach(module.enhance));
}

/** Recordings that a tab left behind are sent from whatever page is opened next. */
export function sendLeftBehind() {
  const address = document.body.dataset.recorderScript;
  if (address && localStorage.getItem("crm-takes-waiting")) {
    import(address).then((module) => module.resume()).catch(() => {});
  }
}
