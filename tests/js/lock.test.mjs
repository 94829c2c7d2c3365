import assert from "node:assert/strict";
import { test } from "node:test";

import { due } from "../../static/src/js/lock.js";

const MINUTE = 60000;
const after = 15 * MINUTE;

test("locks after the quiet time", () => {
  assert.equal(due({ now: 15 * MINUTE, active: 0, told: 0, after }), "lock");
  assert.equal(due({ now: 15 * MINUTE - 1, active: 0, told: 0, after }), "");
});

test("tells the server once a minute that somebody is typing", () => {
  assert.equal(due({ now: MINUTE, active: 50000, told: 0, after }), "tell");
  assert.equal(due({ now: 59000, active: 50000, told: 0, after }), "", "not more often");
  assert.equal(due({ now: 3 * MINUTE, active: 0, told: MINUTE, after }), "", "not when nobody is");
});
