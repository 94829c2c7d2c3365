// Boxes that can scroll are reached with Tab; those that have nothing to scroll are not one more stop.

const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls = target.scrollWidth > target.clientWidth + 1 || target.scrollHeight > target.clientHeight + 1;
    if (scrolls) {
      target.tabIndex = 0;
    } else {
      target.removeAttribute("tabindex");
    }
  }
});

/** On a phone the row of tabs scrolls: the tab one is on is brought into view. */
function showTab(tabs) {
  const here = tabs.querySelector("[aria-current]");
  if (here && tabs.scrollWidth > tabs.clientWidth) {
    tabs.scrollLeft = here.offsetLeft + here.offsetWidth / 2 - tabs.offsetLeft - tabs.clientWidth / 2;
  }
}

export function watchBoxes(root) {
  root.querySelectorAll(".tabs").forEach(showTab);
  for (const box of root.querySelectorAll(".table-box")) {
    watcher.observe(box);
  }
}
