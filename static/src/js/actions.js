// Small things buttons and forms do: copy, print, submit on change, fill in a demo account, no double submit.
import { toast } from "./toasts.js";
import { word } from "./words.js";

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(word("copied"), "fine");
  } catch {
    toast(word("notCopied"), "loud");
  }
}

function fill(button) {
  for (const [name, value] of Object.entries({ login: button.dataset.fillLogin, password: button.dataset.fillPassword })) {
    const field = document.querySelector(`[name="${name}"]`);
    if (field) {
      field.value = value;
    }
  }
  const form = document.querySelector('[name="login"]')?.form;
  form?.requestSubmit();
}

/** A form that is on its way is not sent again; coming back by history sets it free. */
function guardSubmit(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || form.target === "_blank" || form.hasAttribute("data-again")) {
    return;
  }
  if (form.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
}

/** A page may lie open for long: on paper stands when it was printed. */
function stampPrinted() {
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
  for (const place of document.querySelectorAll("[data-printed]")) {
    place.textContent = day.format(new Date());
  }
}

export function startActions() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-print], [data-fill-login]");
    if (button?.matches("[data-copy]")) {
      copy(button);
    } else if (button?.matches("[data-print]")) {
      window.print();
    } else if (button) {
      fill(button);
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) {
      event.target.form.requestSubmit();
    }
  });
  document.addEventListener("submit", guardSubmit);
  window.addEventListener("beforeprint", stampPrinted);
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
    }
  });
}
