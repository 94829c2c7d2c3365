// Lists whose lines a person puts in order: <ol data-order> with buttons data-move="up|down" in each <li>.
// Alt and the arrow keys move the line that has the focus. What is sent follows the order of the page.

function fixed(line) {
  return !line || !line.querySelector("[data-move]");
}

function move(line, direction) {
  const other = direction === "up" ? line.previousElementSibling : line.nextElementSibling;
  if (fixed(other)) {
    return;
  }
  if (direction === "up") {
    other.before(line);
  } else {
    other.after(line);
  }
  line.dispatchEvent(new Event("change", { bubbles: true })); // forms that keep themselves notice
}

export function startOrder() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-order] [data-move]");
    if (button) {
      move(button.closest("li"), button.dataset.move);
      button.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    const line = event.altKey ? event.target.closest?.("[data-order] > li") : null;
    const direction = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (line && direction && !fixed(line)) {
      const focused = document.activeElement;
      move(line, direction);
      focused.focus();
      event.preventDefault();
    }
  });
}
