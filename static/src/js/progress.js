// An upload that htmx sends shows how far it is.

export function startProgress() {
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.closest?.("form[data-progress]")?.querySelector("progress");
    const { loaded, total, lengthComputable } = event.detail;
    if (bar && lengthComputable && total > 0) {
      bar.hidden = false;
      bar.value = (100 * loaded) / total;
    }
  });
}
