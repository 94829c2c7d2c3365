// A form whose values are tried beside it: the panel says when it shows others than stand in the form by now.
//   <form data-tried-in="trial" data-tried-aside="name note">   the id of the panel; fields that do not count
//   <p data-tried-differs hidden>                               inside the panel
const UNSEEN = new Set(["csrfmiddlewaretoken", "was_wrong", "do"]);

/** What counts in a form, as one text: its fields in order, without those set aside. */
export function shape(entries, aside) {
  const kept = [...entries].filter(([name]) => !UNSEEN.has(name) && !aside.includes(name));
  return JSON.stringify(kept.map(([name, value]) => [name, String(value).trim()]));
}

const sent = new Map(); // id of the panel → what the trial in it was asked with

function formOf(panel) {
  return document.querySelector(`form[data-tried-in="${panel}"]`);
}

function shapeOf(form) {
  return shape(new FormData(form).entries(), (form.dataset.triedAside ?? "").split(" "));
}

function look(panel) {
  const form = formOf(panel); // none for whatever else of a page is exchanged, which may have no id either
  const line = form && document.querySelector(`#${panel} [data-tried-differs]`);
  if (line) {
    line.hidden = !sent.has(panel) || sent.get(panel) === shapeOf(form);
  }
}

function onEdit(event) {
  const form = event.target.form;
  if (form?.dataset.triedIn) {
    look(form.dataset.triedIn);
  }
}

/** On a narrow page the panel is below the form: whoever asked for a trial is led there, without losing his place. */
function lead(panel) {
  const place = document.getElementById(panel);
  if (place && place.getBoundingClientRect().top > window.innerHeight) {
    place.scrollIntoView({ block: "start" });
  }
}

export function startTried() {
  const asked = new WeakMap(); // request → what stood in the form when it was sent
  document.addEventListener("input", onEdit);
  document.addEventListener("change", onEdit);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt.form;
    if (form?.dataset.triedIn && event.detail.target.id === form.dataset.triedIn) {
      asked.set(event.detail.xhr, shapeOf(form));
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const { xhr, target } = event.detail;
    const panel = target.id;
    if (asked.has(xhr) && formOf(panel)) {
      sent.set(panel, asked.get(xhr));
      lead(panel);
    }
    look(panel);
  });
}
