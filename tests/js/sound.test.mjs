import assert from "node:assert/strict";
import test from "node:test";
import { clock } from "../../static/src/js/sound/clock.js";
import { pathOf, peaksOf } from "../../static/src/js/sound/peaks.js";
import { loudness } from "../../static/src/js/sound/recorder.js";
import { joined } from "../../static/src/js/sound/sender.js";

test("times are written as the server writes them", () => {
  assert.deepEqual([0, 999, 61000, 187000, 3723000, -5].map(clock), ["0:00", "0:00", "1:01", "3:07", "1:02:03", "0:00"]);
});

test("each bar is the loudest of its part", () => {
  assert.deepEqual(peaksOf([0, 0.5, -1, 0.25], 2), [50, 100]);
  assert.deepEqual(peaksOf([0.1, 2], 400), [10, 100]);
  assert.deepEqual(peaksOf([], 400), []);
});

test("the picture is as high as its loudest bar", () => {
  assert.equal(pathOf([50, 100]), "M100.0 17.0V47.0M300.0 1.0V63.0");
  assert.equal(pathOf([0]), "M200.0 31.5V32.5");
});

test("silence is nothing, the loudest sound is everything", () => {
  assert.equal(loudness([0, 0]), 0);
  assert.equal(loudness([1, -1]), 100);
  assert.equal(loudness([0.1, -0.1]), 67);
  assert.equal(loudness([]), 0);
});

test("pieces that follow one another travel together, up to a size", () => {
  const piece = (offset, length) => ({ offset, bytes: new ArrayBuffer(length) });
  const sizes = joined([piece(0, 4), piece(4, 4), piece(8, 4), piece(20, 4)], 8).map(({ offset, size }) => [offset, size]);
  assert.deepEqual(sizes, [[0, 8], [8, 4], [20, 4]]);
});
