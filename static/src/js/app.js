// Everything every page needs. Listeners sit on the document, so parts that htmx swaps in work without more.
import { startActions } from "./actions.js";
import { watchBoxes } from "./boxes.js";
import { startDialogs } from "./dialogs.js";
import { startDrafts } from "./drafts.js";
import { startKeys } from "./keys.js";
import { loadParts, sendLeftBehind } from "./lazy.js";
import { startLock } from "./lock.js";
import { startOrder } from "./order.js";
import { startPopovers } from "./popovers.js";
import { startProgress } from "./progress.js";
import { startRows } from "./rows.js";
import { startSearch } from "./search.js";
import { refreshSelections, startSelection } from "./selection.js";
import { startToasts } from "./toasts.js";
import { startTried } from "./tried.js";
import { startUpload } from "./upload.js";

startDialogs();
startDrafts();
startPopovers();
startKeys();
startRows();
startSelection();
startActions();
startOrder();
startToasts();
startLock();
startSearch();
startUpload();
startProgress();
startTried();
refreshSelections(document);
loadParts(document);
watchBoxes(document);
sendLeftBehind();

document.addEventListener("htmx:load", (event) => {
  refreshSelections(document);
  const part = event.target.parentElement ?? document;
  loadParts(part);
  watchBoxes(part);
});
