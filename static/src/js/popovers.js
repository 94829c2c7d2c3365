// Boxes that open from a <details class="pop">: one at a time, closed by Escape or a click elsewhere.
// Without scripts they still open and close by themselves.

function closeOthers(keep) {
  for (const box of document.querySelectorAll("details.pop[open]")) {
    if (box !== keep && !box.contains(keep)) {
      box.open = false;
    }
  }
}

function keepInside(box) {
  const panel = box.querySelector(".pop-box");
  if (panel && panel.getBoundingClientRect().right > document.documentElement.clientWidth - 4) {
    box.classList.add("pop-right");
  }
}

function narrow(event) {
  if (!event.target.matches?.("[data-narrow]")) {
    return;
  }
  const wanted = event.target.value.trim().toLowerCase();
  for (const line of event.target.closest(".pop-box").querySelectorAll(".pop-list > li")) {
    line.hidden = wanted !== "" && !line.textContent.toLowerCase().includes(wanted);
  }
}

export function startPopovers() {
  document.addEventListener("click", (event) => closeOthers(event.target.closest("details.pop")));
  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("details.pop[open]");
    if (event.key === "Escape" && open) {
      open.open = false;
      open.querySelector("summary").focus();
      event.preventDefault();
    }
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.pop") && event.target.open) {
      keepInside(event.target);
      event.target.querySelector("[data-narrow]")?.focus();
    }
  }, true);
  document.addEventListener("input", narrow);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.("[data-narrow]")) {
      event.preventDefault();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && location.hash === "#nav") {
      location.hash = "";
      event.preventDefault();
    }
  });
}
