// The call screen. Answers, note and finding go to the server as they are given (queue.js); everything works by keyboard.
import { openDialog } from "../dialogs.js";
import { toast } from "../toasts.js";
import { startActs } from "./acts.js";
import { startKeys } from "./keys.js";
import { createQuestions } from "./questions.js";
import { createQueue, createStore } from "./queue.js";
import { startWatch } from "./watch.js";

const NOTE_WAIT = 800; // milliseconds for which nothing more is typed or chosen
const TIMEOUT = 15000;
const $ = (selector) => document.querySelector(selector);

function post(address, body, token) {
  const headers = { "X-CSRFToken": token, "Content-Type": "application/json", Accept: "application/json" };
  const options = { method: "POST", headers, body: JSON.stringify(body), redirect: "manual", keepalive: true, signal: AbortSignal.timeout(TIMEOUT) };
  return fetch(address, options).then(async (reply) => {
    const isOurs = reply.headers.get("Content-Type")?.includes("json");
    return { status: reply.status, data: isOurs ? await reply.json() : null };
  });
}

function startKeySheet() {
  const sheet = document.getElementById("call-keys");
  $("#keys .keys")?.append(sheet?.content.cloneNode(true) ?? "");
}

function start(data) {
  const { words, urls } = data;
  const token = $("[name=csrfmiddlewaretoken]").value;
  const store = createStore(localStorage, `call:${data.call}:${data.user}:`);
  const noteField = $("[data-note]");
  const findingField = $("[data-finding]");
  const findingNote = $("[data-finding-note]");
  const saved = { note: noteField.value, finding: findingField?.value ?? "", finding_note: findingNote?.value ?? "" };
  let questions = null;
  let noteTimer = 0;
  let answerTimer = 0;
  let isLost = false;
  let takesAgain = false;

  const say = (id, text) => {
    const box = document.getElementById(id);
    box.hidden = !text;
    const line = box.querySelector("[data-words]");
    if (line && text) {
      line.textContent = text;
    }
  };
  const noteSaid = (text) => {
    $("[data-note-said]").textContent = text;
  };

  let waiting = 0;
  const tell = {
    /** What is under way for a moment is nothing to worry about; what stays is said. */
    changed(entries) {
      clearTimeout(waiting);
      const show = () => say("call-unsaved", entries.length > 0 ? words.unsaved.replace("{n}", entries.length) : "");
      if (entries.length === 0) {
        show();
        document.getElementById("call-signed-out").hidden = true;
      } else {
        waiting = setTimeout(show, document.getElementById("call-unsaved").hidden ? 1500 : 0);
      }
    },
    saved(entry, reply) {
      if (entry.kind === "answer") {
        return;
      }
      Object.assign(saved, { note: reply.note, finding: reply.finding, finding_note: reply.finding_note });
      noteSaid(words.saved);
    },
    conflict(entry, stored, kept) {
      if (entry.kind === "answer") {
        questions.conflict(entry.key, entry.body, stored);
      } else if (entry.kind === "note") {
        noteConflict(entry.body, stored, kept);
      } else {
        findingConflict(entry.body, stored, kept);
      }
      Object.assign(saved, entry.kind === "answer" ? {} : { note: stored.note, finding: stored.finding, finding_note: stored.finding_note });
    },
    refused(entry, why) {
      if (entry.kind === "answer" && questions) {
        questions.refused(entry.key, why || words.failed);
      } else {
        toast(why || words.failed, "loud");
      }
    },
    lost(why) {
      isLost = true;
      say("call-lost", why);
      $("#call-lost [data-texts]").textContent = queue.entries.map((entry) => Object.values(entry.body).filter(Boolean).flat().join(" ")).join("\n");
    },
    signedOut() {
      document.getElementById("call-signed-out").hidden = false;
    }
  };

  /** Only the finding was changed elsewhere: the note is sent again; else both texts stay, one after the other. */
  function noteConflict(mine, stored, kept) {
    if ((kept || stored.note !== saved.note) && !mine.note.includes(stored.note)) {
      noteField.value = [stored.note, mine.note].filter(Boolean).join("\n");
      toast(`${words.noteElsewhere} ${mine.note}`, "loud");
    }
    queue.put("note", "note", { note: noteField.value });
  }

  function findingConflict(mine, stored, kept) {
    if (!kept && stored.finding === saved.finding && stored.finding_note === saved.finding_note) {
      queue.put("finding", "finding", mine);
      return;
    }
    const label = [...findingField.options].find((one) => one.value === mine.finding)?.textContent ?? "";
    findingField.value = stored.finding;
    findingNote.value = stored.finding_note;
    toast(`${words.failed} ${label} ${mine.note}`, "loud");
  }

  const queue = createQueue({ store, tell, send: (entry) => post(urls[entry.kind], entry.body, token) });
  queue.known("call", data.revision);

  // An answer is put by at once and sent when it has settled, or with the next question: arrow keys pass over answers on
  // their way to the one that is meant, and a critical one is reported as soon as it is sent.
  const settle = () => {
    clearTimeout(answerTimer);
    return queue.flush();
  };
  const save = (code, value, note) => {
    queue.put("answer", code, { question: code, value, note });
    clearTimeout(answerTimer);
    answerTimer = setTimeout(settle, NOTE_WAIT);
  };
  const goOn = () => {
    questions?.next();
    settle();
  };

  if (data.script) {
    const spot = `call:${data.call}:at`;
    const place = { get: () => sessionStorage.getItem(spot), set: (code) => sessionStorage.setItem(spot, code) };
    questions = createQuestions({ script: data.script, words, place, save });
    for (const [code, one] of Object.entries(data.script.answers)) {
      queue.known(code, one.revision);
    }
  }
  restore();
  questions?.start();
  tell.changed(queue.entries);
  queue.flush();

  /** What was typed before the page was loaded anew and has not arrived. */
  function restore() {
    for (const { kind, key, body } of queue.entries) {
      if (kind === "answer") {
        questions?.write(key, body.value, body.note);
      } else if (kind === "note") {
        noteField.value = body.note;
      } else if (findingField) {
        findingField.value = body.finding;
        findingNote.value = body.note;
      }
    }
  }

  const noteNow = () => {
    clearTimeout(answerTimer);
    clearTimeout(noteTimer);
    noteTimer = 0;
    return queue.flush();
  };

  document.addEventListener("input", (event) => {
    const asked = event.target.closest("[data-asks]")?.dataset.asks;
    if (asked && event.target.matches("textarea, [data-remark]")) {
      questions.take(asked);
    } else if (event.target === findingNote && findingField.value) {
      queue.put("finding", "finding", { finding: findingField.value, note: findingNote.value });
      clearTimeout(noteTimer);
      noteTimer = setTimeout(noteNow, NOTE_WAIT);
    } else if (event.target === noteField) {
      queue.put("note", "note", { note: noteField.value });
      noteSaid(words.saving);
      clearTimeout(noteTimer);
      noteTimer = setTimeout(noteNow, NOTE_WAIT);
    }
  });
  document.addEventListener("change", (event) => {
    const code = event.target.closest("[data-asks]")?.dataset.asks;
    if (code) {
      questions.take(code, { isLeft: true });
    } else if (event.target === noteField) {
      noteNow();
    } else if (findingField && [findingField, findingNote].includes(event.target) && findingField.value) {
      queue.put("finding", "finding", { finding: findingField.value, note: findingNote.value });
      queue.flush();
    }
  });
  document.addEventListener("click", (event) => {
    const outcome = event.target.closest("[data-outcome]");
    const goto = event.target.closest("[data-goto]");
    if (outcome) {
      choose(outcome);
    } else if (goto) {
      goto.closest("dialog")?.close();
      questions.show(goto.dataset.goto);
    } else if (event.target.closest("[data-next-question]")) {
      goOn();
    } else if (event.target.closest("[data-back-question]")) {
      questions.back();
    }
  });

  /** The dialog of an outcome: what it needs and what is missing for it. */
  function choose(button) {
    const form = $("[data-finish]");
    const isComplete = "complete" in button.dataset;
    form.elements.outcome.value = button.dataset.outcome;
    form.querySelector("[data-chosen]").textContent = button.dataset.label;
    form.querySelector("[data-for-retry]").hidden = !("retry" in button.dataset);
    form.querySelector("[data-for-complete]").hidden = !isComplete;
    form.elements.next_at.disabled = !("retry" in button.dataset);
    form.querySelectorAll("[data-error-for]").forEach((line) => { line.hidden = true; });
    list(form, isComplete && questions ? questions.missing().map((code) => ({ code, text: questions.textOf(code) })) : []);
    openDialog("call-finish");
    form.querySelector("[data-confirm-outcome]").focus();
  }

  function list(form, left) {
    const box = form.querySelector("[data-missing]");
    if (box) {
      box.hidden = left.length === 0;
      box.querySelector("[data-missing-list]").replaceChildren(...left.map(({ code, text }) => {
        const line = document.createElement("li");
        const link = document.createElement("button");
        Object.assign(link, { type: "button", className: "btn-link", textContent: text });
        link.dataset.goto = code;
        line.append(link);
        return line;
      }));
    }
  }

  startActs({
    words,
    missing: list,
    before: async (form) => (form.matches("[data-finish]") && !(await noteNow().then(() => queue.settle())) ? words.wait : "")
  });
  startKeys({
    digit: (number) => questions?.digit(number) ?? false,
    next: () => (questions ? (goOn(), true) : false),
    outcome(number) {
      const button = $(`[data-shift="${number}"]`);
      button?.click();
      return Boolean(button);
    }
  });
  startWatch({
    call: data.call,
    urls,
    post: (address, body) => post(address, body, token),
    status({ mine, why, left, over, looking }) {
      const place = $("[data-left]");
      place.textContent = left;
      place.classList.toggle("loud", over);
      say("call-looking", looking.length > 0 ? words.looking.replace("{names}", looking.join(words.comma)) : "");
      if (!mine) {
        tell.lost(why);
      }
    }
  });
  startKeySheet();
  // What was shown of a lost call stays in the browser only for whoever takes the call again.
  document.addEventListener("submit", (event) => { takesAgain = event.target.closest("#call-take") !== null; });
  window.addEventListener("pagehide", () => isLost && !takesAgain && queue.clear());
  window.addEventListener("online", () => queue.flush());
  document.addEventListener("visibilitychange", () => noteNow());
  window.addEventListener("beforeunload", (event) => {
    noteNow();
    if (queue.entries.length > 0 && !navigator.onLine) {
      event.preventDefault();
    }
  });
}

const source = document.getElementById("call-data");
if (source) {
  start(JSON.parse(source.textContent));
} else {
  startActs({ words: { failed: "" }, before: async () => "" }); // the trace: only the dialog to take the call
}
