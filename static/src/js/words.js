// Words for what scripts say. They come translated from the page (partials/words.html), never from here.
let words = null;

/** The translated sentence for `key`; `{name}` in it is replaced from `values`. */
export function word(key, values = {}) {
  if (words === null) {
    const source = document.getElementById("ui-words");
    words = source ? JSON.parse(source.textContent) : {};
  }
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
