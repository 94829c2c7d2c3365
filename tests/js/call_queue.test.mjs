import assert from "node:assert/strict";
import test from "node:test";
import { createQueue, createStore } from "../../static/src/js/call/queue.js";

/** The browser's storage, in memory. */
class Storage {
  kept = new Map();
  get length() { return this.kept.size; }
  key(place) { return [...this.kept.keys()][place] ?? null; }
  getItem(key) { return this.kept.get(key) ?? null; }
  setItem(key, value) { this.kept.set(key, value); }
  removeItem(key) { this.kept.delete(key); }
}

const AWAY = new Error("away");

/** A queue whose server gives `replies` in turn (an Error: it is away), and what was sent and told. */
function queueWith(replies, storage = new Storage()) {
  const sent = [];
  const told = [];
  const waits = [];
  const tell = Object.fromEntries(["changed", "saved", "conflict", "refused", "lost", "signedOut"].map((name) => [name, (...words) => name !== "changed" && told.push([name, ...words])]));
  const send = async (entry) => {
    sent.push(entry);
    const reply = replies.shift() ?? { status: 200, data: { revision: (entry.body.revision ?? 0) + 1 } };
    if (reply instanceof Error) {
      throw reply;
    }
    return reply;
  };
  let instant = 1000;
  const clock = () => { instant += 1; return instant; };
  const queue = createQueue({ store: createStore(storage, "call:7:"), send, tell, later: (run, ms) => waits.push([run, ms]), clock });
  return { queue, sent, told, waits, storage };
}

const answer = (queue, code, value) => queue.put("answer", code, { question: code, value, note: "" });

test("entries go in order, each on the revision that the server told", async () => {
  const { queue, sent } = queueWith([]);
  answer(queue, "a", "yes");
  answer(queue, "b", 4);
  await queue.flush();
  answer(queue, "a", "no");
  await queue.flush();
  assert.deepEqual(sent.map((one) => [one.key, one.body.value, one.body.revision]), [["a", "yes", 0], ["b", 4, 0], ["a", "no", 1]]);
  assert.equal(queue.entries.length, 0);
});

test("while the server is away nothing is lost, and the last word on a question counts", async () => {
  const { queue, sent, waits, storage } = queueWith([AWAY, AWAY]);
  answer(queue, "a", "yes");
  await queue.flush();
  answer(queue, "a", "no");
  queue.put("note", "note", { note: "转账用于购房" });
  assert.equal(queue.entries.length, 2);
  assert.equal(storage.length, 2);
  await queue.flush();
  assert.deepEqual(waits.map(([, ms]) => ms), [2000, 4000], "it waits longer each time");
  await waits.at(-1)[0]();
  assert.deepEqual(sent.slice(-2).map((one) => one.body.value ?? one.body.note), ["no", "转账用于购房"]);
  assert.equal(storage.length, 0);
});

test("what was typed while an entry was under way is sent after it", async () => {
  const { queue, sent } = queueWith([]);
  answer(queue, "a", "yes");
  const going = queue.flush();
  answer(queue, "a", "no");
  await going;
  assert.deepEqual(sent.map((one) => [one.body.value, one.body.revision]), [["yes", 0], ["no", 1]]);
});

test("under way and not arrived, the newer word takes its place", async () => {
  const { queue, sent } = queueWith([AWAY]);
  answer(queue, "a", "yes");
  const going = queue.flush();
  answer(queue, "a", "no");
  await going;
  assert.equal(queue.entries.length, 1);
  await queue.flush();
  assert.equal(sent.at(-1).body.value, "no");
});

test("a reload finds what had not arrived, in its order", async () => {
  const { queue, storage } = queueWith([AWAY]);
  answer(queue, "a", "yes");
  answer(queue, "b", 5);
  await queue.flush();
  const after = queueWith([], storage);
  assert.deepEqual(after.queue.entries.map((one) => one.key), ["a", "b"]);
  assert.equal(await after.queue.settle(), true);
  assert.equal(storage.length, 0);
});

test("entries of another call stay where they are", () => {
  const storage = new Storage();
  storage.setItem("call:8:1", "{}");
  assert.equal(queueWith([], storage).queue.entries.length, 0);
});

test("two versions are told, and mine is not sent over the other", async () => {
  const stored = { value: "no", note: "", revision: 3 };
  const { queue, sent, told } = queueWith([{ status: 409, data: { stored } }]);
  answer(queue, "a", "yes");
  await queue.flush();
  assert.equal(sent.length, 1);
  assert.equal(told[0][0], "conflict");
  assert.deepEqual(told[0][2], stored);
  answer(queue, "a", "yes"); // "keep mine"
  await queue.flush();
  assert.equal(sent.at(-1).body.revision, 3);
});

test("note and finding share the call's revision", async () => {
  const { queue, sent } = queueWith([]);
  queue.known("call", 5);
  queue.put("note", "note", { note: "甲" });
  queue.put("finding", "finding", { finding: "misuse", note: "" });
  await queue.flush();
  assert.deepEqual(sent.map((one) => one.body.revision), [5, 6]);
});

test("what the server refuses is told and not sent again", async () => {
  const { queue, told } = queueWith([{ status: 422, data: { error: "请选择 1 到 5" } }]);
  answer(queue, "a", "9");
  assert.equal(await queue.settle(), true);
  assert.deepEqual(told[0].slice(0, 1).concat(told[0][2]), ["refused", "请选择 1 到 5"]);
});

test("when the call is somebody else's, everything stays and nothing is sent any more", async () => {
  const { queue, sent, told, storage } = queueWith([{ status: 403, data: { lost: true, error: "已交还" } }]);
  answer(queue, "a", "yes");
  answer(queue, "b", "yes");
  await queue.flush();
  await queue.flush();
  assert.equal(sent.length, 1);
  assert.equal(told[0][0], "lost");
  assert.equal(storage.length, 2);
});

test("signed out, locked or a server in trouble: it is kept and tried again", async () => {
  for (const status of [0, 401, 403, 423, 502, 503]) {
    const { queue, waits, storage } = queueWith([{ status, data: null }]);
    answer(queue, "a", "yes");
    assert.equal(await queue.settle(), false);
    assert.equal(storage.length, 1);
    assert.equal(waits.length, 1);
  }
});

test("a draft from before a reload does not overwrite what was saved since", async () => {
  const { queue, storage } = queueWith([AWAY]);
  answer(queue, "a", "yes");
  queue.put("note", "note", { note: "甲" });
  await queue.flush();
  const stored = { value: "no", note: "", revision: 3 };
  const after = queueWith([{ status: 409, data: { stored } }, { status: 409, data: { stored: { note: "乙", revision: 4 } } }], storage);
  after.queue.known("a", 3);
  after.queue.known("call", 4);
  await after.queue.flush();
  assert.deepEqual(after.sent.map((one) => one.body.revision), [0, 0], "on what it was typed on");
  assert.deepEqual(after.told.map((one) => [one[0], one[3]]), [["conflict", true], ["conflict", true]]);
});

test("note and finding from before a reload follow one another", async () => {
  const { queue, storage } = queueWith([AWAY]);
  queue.known("call", 5);
  queue.put("note", "note", { note: "甲" });
  queue.put("finding", "finding", { finding: "misuse", note: "" });
  await queue.flush();
  const after = queueWith([], storage);
  after.queue.known("call", 5);
  await after.queue.flush();
  assert.deepEqual(after.sent.map((one) => one.body.revision), [5, 6]);
});

test("what was shown of a lost call leaves the browser, and what any call left a week ago", async () => {
  const { queue, storage } = queueWith([{ status: 403, data: { lost: true, error: "已交还" } }]);
  answer(queue, "a", "yes");
  await queue.flush();
  queue.clear();
  assert.deepEqual([queue.entries.length, storage.length], [1, 0]);
  const week = 7 * 24 * 3600 * 1000;
  storage.setItem("call:8:3:000000000000001-000001", "{}");
  storage.setItem(`call:8:3:${String(week).padStart(15, "0")}-000001`, "{}");
  storage.setItem("call:7:at", "a");
  createStore(storage, "call:7:3:").sweep(week + 2);
  assert.equal(storage.length, 2);
});
