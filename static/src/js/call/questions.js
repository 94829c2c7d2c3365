// The script on the call screen: one question at a time, its answer as it is given, the way to the next one.
import { byCode, missing, unasked, walk } from "./walk.js";

const section = (code) => document.querySelector(`[data-asks="${code}"]`);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

export function createQuestions({ script, words, place, save }) {
  const known = byCode(script.parts);
  const answers = Object.fromEntries(Object.entries(script.answers).map(([code, one]) => [code, one.value]));
  const topics = Object.keys(script.topics);
  let current = "";

  const outlook = () => walk(script.parts, answers, true).codes;
  const certain = () => walk(script.parts, answers);

  /** What stands in the fields of a question; undefined where nothing was given. */
  function given(code) {
    const box = section(code);
    const { kind } = known.get(code);
    if (kind === "multiple") {
      const chosen = [...box.querySelectorAll("[data-digit]:checked")].map((one) => one.value);
      return chosen.length > 0 ? chosen : undefined;
    }
    if (box.querySelector("[data-digit]")) {
      const chosen = box.querySelector("[data-digit]:checked")?.value;
      return chosen === undefined ? undefined : kind === "scale" ? Number(chosen) : chosen;
    }
    const typed = box.querySelector("[data-value]")?.value.trim();
    return typed || undefined;
  }

  /** Write an answer into the fields, as after a reload or from another window. */
  function write(code, value, note) {
    const box = section(code);
    if (!box) {
      return;
    }
    const chosen = (Array.isArray(value) ? value : [value]).map(String);
    box.querySelectorAll("[data-digit]").forEach((one) => {
      one.checked = chosen.includes(one.value);
    });
    const field = box.querySelector("[data-value]");
    if (field) {
      field.value = value ?? "";
    }
    box.querySelector("[data-remark]").value = note ?? "";
    answers[code] = value;
    draw();
  }

  function remarkOf(code) {
    return section(code).querySelector("[data-remark]").value;
  }

  function said(code) {
    if (!Object.hasOwn(answers, code)) {
      return "";
    }
    const value = answers[code];
    if (value === null) {
      return words.passed;
    }
    if (known.get(code).kind === "statement") {
      return words.read;
    }
    const labels = [...section(code).querySelectorAll("[data-digit]:checked")].map((one) => one.parentElement.querySelector(".option-words").firstChild.textContent.trim());
    return labels.length > 0 ? labels.join(words.comma) : String(value);
  }

  function answer(code, value) {
    answers[code] = value;
    const box = section(code);
    box.querySelector("[data-error]").hidden = true;
    save(code, value, remarkOf(code));
    draw();
  }

  /** What the question's fields say becomes its answer. A question that may be passed over is so when they are emptied;
   *  of another one what is stored stands there again once the field is left. */
  function take(code, { isLeft = false } = {}) {
    const value = given(code);
    if (value !== undefined) {
      answer(code, value);
    } else if (known.get(code).optional) {
      answer(code, null);
    } else if (isLeft && Object.hasOwn(answers, code)) {
      write(code, answers[code], remarkOf(code));
    }
  }

  function draw() {
    const way = outlook();
    const place = Math.max(way.indexOf(current), 0);
    const open = missing(script.parts, answers);
    document.querySelector("[data-count]").textContent = fill(words.progress, { n: place + 1, all: way.length });
    const bar = document.querySelector(".call-progress progress");
    bar.max = way.length || 1;
    bar.value = way.filter((code) => Object.hasOwn(answers, code)).length;
    drawTopics();
    for (const line of document.querySelectorAll("[data-line]")) {
      const code = line.dataset.line;
      line.classList.toggle("is-off", !way.includes(code));
      line.classList.toggle("is-open", open.includes(code));
      line.querySelector("[data-said]").textContent = said(code);
    }
    const box = section(current);
    if (box) {
      const isCritical = box.querySelector("[data-critical]:checked") !== null;
      const remark = box.querySelector("[data-remark]");
      remark.hidden = !isCritical && remark.value === "";
      box.querySelectorAll("[data-read]").forEach((one) => { one.hidden = !Object.hasOwn(answers, current); });
      box.querySelectorAll("[data-unread]").forEach((one) => { one.hidden = Object.hasOwn(answers, current); });
    }
  }

  function drawTopics() {
    const line = document.querySelector("[data-topics]");
    const left = unasked(script.parts, answers, topics);
    const done = fill(words.topics, { n: topics.length - left.length, all: topics.length });
    const rest = left.length > 0 ? fill(words.notYet, { names: left.map((topic) => script.topics[topic]).join(words.comma) }) : "";
    line.textContent = topics.length > 0 ? [done, rest].filter(Boolean).join(" · ") : "";
  }

  /** Show one question; the focus goes to it, so that a screen reader reads it. */
  function show(code, { focus = true } = {}) {
    current = code;
    for (const box of document.querySelectorAll("[data-asks]")) {
      box.hidden = box.dataset.asks !== code;
    }
    document.getElementById("call-through").hidden = true;
    place.set(code);
    draw();
    if (focus) {
      section(code).querySelector("legend").focus({ preventScroll: true });
    }
  }

  /** The end of the script, or where the talk is broken off. */
  function end() {
    const through = document.getElementById("call-through");
    for (const box of document.querySelectorAll("[data-asks]")) {
      box.hidden = true;
    }
    through.querySelector("[data-words]").textContent = certain().ending === "stop" ? words.brokenOff : words.through;
    through.hidden = false;
    through.focus();
    current = "";
    place.set("");
    draw();
  }

  function next() {
    if (current === "") {
      document.querySelector("[data-outcome]")?.focus();
      return true;
    }
    const { kind, optional } = known.get(current);
    if (kind === "statement" && !Object.hasOwn(answers, current)) {
      answer(current, "read");
    } else if (given(current) === undefined && optional && !Object.hasOwn(answers, current)) {
      answer(current, null);
    }
    const way = outlook();
    const following = way[way.indexOf(current) + 1];
    if (following) {
      show(following);
    } else {
      end();
    }
    return true;
  }

  function back() {
    const way = outlook();
    const place = current === "" ? way.length : way.indexOf(current);
    const before = way[place - 1];
    if (before) {
      show(before);
    }
  }

  function digit(number) {
    const field = section(current)?.querySelector(`[data-digit="${number}"]`);
    field?.click();
    field?.focus({ preventScroll: true });
    return Boolean(field);
  }

  /** An answer that another window gave: both are shown, and one is chosen. */
  function conflict(code, mine, stored) {
    const box = section(code);
    const place = box.querySelector("[data-conflict]");
    place.querySelector("[data-theirs]").textContent = [stored.words, stored.note].filter(Boolean).join(" – ");
    place.querySelector("[data-mine]").textContent = [said(code), mine.note].filter(Boolean).join(" – ");
    place.hidden = false;
    place.querySelector("[data-keep-mine]").onclick = () => {
      place.hidden = true;
      save(code, mine.value, mine.note);
    };
    place.querySelector("[data-keep-theirs]").onclick = () => {
      place.hidden = true;
      write(code, stored.value, stored.note);
    };
    show(code, { focus: false });
  }

  function refused(code, why) {
    const line = section(code).querySelector("[data-error]");
    delete answers[code];
    line.textContent = why;
    line.hidden = false;
    show(code);
  }

  function start() {
    const way = outlook();
    const at = place.get();
    show(way.includes(at) ? at : way.find((code) => !Object.hasOwn(answers, code)) ?? way[0], { focus: false });
  }

  return { start, show, next, back, digit, take, write, conflict, refused, missing: () => missing(script.parts, answers), textOf: (code) => section(code).querySelector("[data-text]").textContent };
}
