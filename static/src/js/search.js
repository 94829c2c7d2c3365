// The box on top: what is found drops down while somebody types (a combobox with a list of options, WAI-ARIA).
// Arrow keys walk through the hits, Enter opens one, Escape closes the list; without a chosen hit Enter opens the page
// of results. The empty box shows what was opened lately.

const PAUSE_MS = 200;

/** The place to go from `at` (-1: none chosen yet) by `step` among `count` options, round and round; -1 without any. */
export function nextPlace(at, step, count) {
  if (count === 0) {
    return -1;
  }
  return at < 0 && step < 0 ? count - 1 : (at + step + count) % count;
}

function parts(form) {
  return { input: form.querySelector("[role=combobox]"), list: form.querySelector(".found"), said: form.querySelector("[data-said]") };
}

function startBox(form) {
  const { input, list, said } = parts(form);
  let waiting = 0;
  let asked = null; // the words that were asked for last
  let shown = null; // the words whose hits are in the list

  const options = () => [...list.querySelectorAll("[role=option]")];

  function choose(place) {
    options().forEach((option, index) => option.setAttribute("aria-selected", String(index === place)));
    const chosen = options()[place];
    if (chosen) {
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function show(yes) {
    list.hidden = !yes || list.childElementCount === 0;
    input.setAttribute("aria-expanded", String(!list.hidden && options().length > 0));
    choose(-1);
  }

  function look() {
    clearTimeout(waiting);
    asked = input.value.trim();
    input.dispatchEvent(new CustomEvent("look", { bubbles: true }));
  }

  function lookSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE_MS);
  }

  function open() {
    if (shown === input.value.trim()) {
      show(true);
    } else {
      look();
    }
  }

  function walk(step) {
    if (list.hidden) {
      open();
      return;
    }
    const all = options();
    choose(nextPlace(all.findIndex((option) => option.getAttribute("aria-selected") === "true"), step, all.length));
  }

  function onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const chosen = options().find((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen && !list.hidden) {
      event.preventDefault();
      chosen.click();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(false);
    }
  }

  input.addEventListener("input", (event) => event.isComposing || lookSoon());
  input.addEventListener("compositionend", lookSoon);
  input.addEventListener("focus", () => input.value.trim() === "" && open());
  input.addEventListener("keydown", onKey);
  form.addEventListener("submit", () => clearTimeout(waiting));
  form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || show(false));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("htmx:afterSwap", () => {
    shown = asked;
    said.textContent = list.querySelector("[data-say]")?.dataset.say ?? "";
    show(form.contains(document.activeElement));
  });
}

export function startSearch() {
  document.querySelectorAll("[data-search-box]").forEach(startBox);
}
