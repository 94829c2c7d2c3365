import assert from "node:assert/strict";
import test from "node:test";
import { meaning } from "../../static/src/js/call/keys.js";
import { beats, clock, isOnTheLine } from "../../static/src/js/call/watch.js";

const press = (more) => meaning({ key: "", code: "", shiftKey: false, where: "", ...more });

test("digits choose answers, with Shift an outcome, whatever the keyboard's layout writes there", () => {
  assert.deepEqual(press({ key: "2", code: "Digit2" }), { what: "digit", number: 2 });
  assert.deepEqual(press({ key: "2", code: "Numpad2" }), { what: "digit", number: 2 });
  assert.deepEqual(press({ key: "！", code: "Digit1", shiftKey: true }), { what: "outcome", number: 1 });
});

test("Enter goes on, also from a line of text, never from a button or a field elsewhere", () => {
  assert.deepEqual(press({ key: "Enter" }), { what: "next" });
  assert.deepEqual(press({ key: "Enter", where: "text" }), { what: "next" });
  assert.equal(press({ key: "Enter", where: "button" }), null);
  assert.equal(press({ key: "Enter", where: "field" }), null);
});

test("keys rest while somebody types", () => {
  assert.equal(press({ key: "2", code: "Digit2", where: "text" }), null);
  assert.equal(press({ key: "k", where: "field" }), null);
  assert.deepEqual(press({ key: "k", where: "button" }), { what: "key", key: "k" });
});

test("the clock", () => {
  assert.deepEqual([5, 125, 3725].map(clock), ["0:05", "2:05", "1:02:05"]);
});

test("work is told once a minute, and only work", () => {
  assert.equal(beats({ now: 100_000, worked: 90_000, told: 30_000 }), true);
  assert.equal(beats({ now: 100_000, worked: 20_000, told: 30_000 }), false);
  assert.equal(beats({ now: 80_000, worked: 70_000, told: 30_000 }), false);
});

test("whoever is on the line is at work, unless the page is locked", () => {
  const page = (...there) => ({ querySelector: (selector) => (there.includes(selector) ? {} : null) });
  assert.equal(isOnTheLine(page("#call-line [data-since]")), true);
  assert.equal(isOnTheLine(page("#call-line [data-since]", "#lock[open]")), false);
  assert.equal(isOnTheLine(page()), false);
});
