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

export function watchBoxes(root) {
  for (const box of root.querySelectorAll(".table-box")) {
    watcher.observe(box);
  }
}
