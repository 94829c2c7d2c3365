// Moving through the rows of a list. A row is an element with data-row; data-row-link marks the link it opens.

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length > 0);
}

function linkOf(row) {
  return row.querySelector("[data-row-link]") ?? row.querySelector("a, button");
}

function current() {
  return document.querySelector("[data-row].row-here");
}

function mark(row) {
  current()?.classList.remove("row-here");
  row?.classList.add("row-here");
}

/** Focus goes to the link of the next row (+1) or the one before (-1), so Enter opens it natively. */
export function moveRow(step) {
  const all = rows();
  if (all.length === 0) {
    return;
  }
  const at = all.indexOf(current());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  mark(all[next]);
  linkOf(all[next])?.focus();
  all[next].scrollIntoView({ block: "nearest" });
}

export function toggleRow() {
  current()?.querySelector("input[type=checkbox]")?.click();
}

function openOnClick(event) {
  const row = event.target.closest("[data-row]");
  if (!row || event.target.closest("a, button, input, label, select, textarea, summary, details")) {
    return;
  }
  const link = row.querySelector("[data-row-link]");
  if (link && !window.getSelection()?.toString()) {
    if (event.ctrlKey || event.metaKey) {
      window.open(link.href, "_blank", "noopener");
    } else {
      link.click();
    }
  }
}

export function startRows() {
  document.addEventListener("click", openOnClick);
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row && row !== current()) {
      mark(row);
    }
  });
}
