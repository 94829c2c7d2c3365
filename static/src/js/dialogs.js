// <dialog> elements: data-open="id" opens one, data-close closes the one it is in.
// A form or button with data-confirm asks first, in the shared dialog of base.html.

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) {
    dialog.showModal();
  }
}

function onClick(event) {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    event.preventDefault();
    openDialog(opener.dataset.open);
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) {
    closer.closest("dialog")?.close();
    return;
  }
  if (event.target.matches("dialog")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) {
      event.target.close();
    }
  }
}

/** The form itself, or the one that took its place while the question stood (a job's fragment renews itself). */
function stillThere(form) {
  return form.isConnected ? form : [...document.forms].find((one) => one.action === form.action && one.dataset.confirm);
}

function askFirst(event) {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  const dialog = document.getElementById("confirm");
  if (!question || !dialog || form.dataset.confirmed === "yes") {
    delete form.dataset.confirmed;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  dialog.querySelector("[data-question]").textContent = question;
  const yes = dialog.querySelector("[data-yes]");
  yes.textContent = submitter?.textContent.trim() || yes.textContent;
  yes.onclick = () => {
    dialog.close();
    const live = stillThere(form);
    if (live) {
      live.dataset.confirmed = "yes";
      live.requestSubmit(live === form ? submitter : null);
    }
  };
  dialog.showModal();
}

export function startDialogs() {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", askFirst, true);
}
