// Charts and searchable choices are heavy: their scripts load only where a page has one.

function load(root, selector, attribute, use) {
  const found = [...root.querySelectorAll(selector)];
  const address = document.body.getAttribute(attribute);
  if (found.length > 0 && address) {
    import(address).then((module) => use(module, found)).catch(() => {
      for (const element of found) {
        element.closest(".chart")?.classList.add("has-failed");
      }
    });
  }
}

export function loadParts(root) {
  load(root, "[data-chart]:not([data-ready])", "data-charts-script", (module, found) => found.forEach(module.draw));
  load(root, "select[data-search]:not([data-ready])", "data-select-script", (module, found) => found.forEach(module.enhance));
}
