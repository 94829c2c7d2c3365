// Ticking rows: a head box for the page, a bar that says how many are ticked, and the offer to take all that match.
// <form data-selection> holds the boxes (data-pick), the head box (data-pick-all), the bar (data-bulk) with the
// counter (data-picked-count), the offer (data-offer-all) and the hidden field (data-all-matching).

function refresh(form) {
  const boxes = [...form.querySelectorAll("[data-pick]")];
  const picked = boxes.filter((box) => box.checked);
  for (const box of boxes) {
    box.closest("[data-row]")?.classList.toggle("row-picked", box.checked);
  }
  const head = form.querySelector("[data-pick-all]");
  if (head) {
    head.checked = boxes.length > 0 && picked.length === boxes.length;
    head.indeterminate = picked.length > 0 && picked.length < boxes.length;
  }
  const bar = form.querySelector("[data-bulk]");
  if (bar) {
    bar.hidden = picked.length === 0;
  }
  for (const counter of form.querySelectorAll("[data-picked-count]")) {
    counter.textContent = String(picked.length);
  }
}

function takeAll(form, yes) {
  const field = form.querySelector("[data-all-matching]");
  if (field) {
    field.value = yes ? "1" : "";
  }
  for (const part of form.querySelectorAll("[data-when-all]")) {
    part.hidden = !yes;
  }
  for (const part of form.querySelectorAll("[data-when-page]")) {
    part.hidden = yes;
  }
}

export function startSelection() {
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("[data-selection]");
    if (!form) {
      return;
    }
    if (event.target.matches("[data-pick-all]")) {
      for (const box of form.querySelectorAll("[data-pick]")) {
        box.checked = event.target.checked;
      }
    }
    takeAll(form, false);
    refresh(form);
  });
  document.addEventListener("click", (event) => {
    const offer = event.target.closest?.("[data-offer-all], [data-offer-page]");
    if (offer) {
      takeAll(offer.closest("[data-selection]"), offer.matches("[data-offer-all]"));
    }
  });
}

/** After a page load or a swap: the browser may have kept ticks. */
export function refreshSelections(root) {
  for (const form of root.querySelectorAll("[data-selection]")) {
    refresh(form);
  }
}
