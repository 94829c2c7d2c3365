import assert from "node:assert/strict";
import test from "node:test";
import { nextPlace } from "../../static/src/js/search.js";

test("the keys walk through the hits and round", () => {
  assert.equal(nextPlace(-1, 1, 3), 0);
  assert.equal(nextPlace(0, 1, 3), 1);
  assert.equal(nextPlace(2, 1, 3), 0);
  assert.equal(nextPlace(0, -1, 3), 2);
  assert.equal(nextPlace(-1, -1, 3), 2);
});

test("without hits there is nowhere to go", () => {
  assert.equal(nextPlace(-1, 1, 0), -1);
  assert.equal(nextPlace(-1, -1, 0), -1);
});
