import assert from "node:assert/strict";
import test from "node:test";
import { createSequence } from "../../static/src/js/sequence.js";

const known = (command) => ["n", "g c", "g i", "j"].includes(command);

test("a single key is a command at once", () => {
  const press = createSequence();
  assert.equal(press("n", 0, known), "n");
  assert.equal(press("j", 1, known), "j");
});

test("two keys in a row are one command", () => {
  const press = createSequence();
  assert.equal(press("g", 0, known), null);
  assert.equal(press("c", 500, known), "g c");
});

test("after too long a pause the first key is forgotten", () => {
  const press = createSequence();
  assert.equal(press("g", 0, known), null);
  assert.equal(press("c", 1201, known), null);
});

test("a pair nobody knows falls back to the second key", () => {
  const press = createSequence();
  assert.equal(press("g", 0, known), null);
  assert.equal(press("n", 100, known), "n");
});

test("a finished command does not begin the next one", () => {
  const press = createSequence();
  press("g", 0, known);
  assert.equal(press("i", 100, known), "g i");
  assert.equal(press("c", 200, known), null);
});
