// The upload form reads feed and business date off the file's name (firm_assets_20261121.csv.gz), where they are
// still empty. Whoever sends the form sees them first and may say otherwise.

/** The feed whose code stands in the name; the longest one, so that "risk_assessments" is not "assets". */
export function feedIn(name, codes) {
  const found = codes.filter((code) => code && name.toLowerCase().includes(code));
  return found.sort((one, other) => other.length - one.length)[0] ?? "";
}

/** The day in a name, as 2026-11-21; empty where there is none, or none that exists. */
export function dayIn(name) {
  const match = /(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)/.exec(name);
  if (!match) {
    return "";
  }
  const day = match.slice(1).join("-");
  const read = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(read.getTime()) || read.toISOString().slice(0, 10) !== day ? "" : day;
}

function fill(form, name) {
  const feed = form.elements.feed;
  const day = form.elements.business_date;
  if (feed && !feed.value) {
    feed.value = feedIn(name, [...feed.options].map((option) => option.value));
  }
  if (day && !day.value) {
    day.value = dayIn(name);
  }
}

export function startUpload() {
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-upload]");
    if (form && event.target.type === "file" && event.target.files.length > 0) {
      fill(form, event.target.files[0].name);
    }
  });
}
