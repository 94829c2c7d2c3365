import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { missing, unasked, walk } from "../../static/src/js/call/walk.js";

const cases = JSON.parse(readFileSync(new URL("walks.json", import.meta.url)));

/** A script as the page gets it. */
const asData = (parts) => parts.map((questions) => questions.map((one) => ({
  optional: false, topic: "", next: "", ...one,
  options: (one.options ?? []).map((option) => ({ next: "", ...option })),
  goto: (one.goto ?? []).map((rule) => ({ question: rule.question ?? one.code, among: rule.in, next: rule.next }))
})));

for (const one of cases) {
  test(`the way: ${one.name}`, () => {
    const parts = asData(one.parts);
    assert.deepEqual(walk(parts, one.answers), { codes: one.way, ending: one.ending });
    assert.deepEqual(walk(parts, one.answers, true).codes, one.outlook);
    assert.deepEqual(missing(parts, one.answers), one.missing);
  });
}

test("a topic is asked once a question about it is answered", () => {
  const parts = asData([[{ code: "a", kind: "yes_no", topic: "identity" }, { code: "b", kind: "yes_no", topic: "risks_disclosed" }]]);
  assert.deepEqual(unasked(parts, { a: "yes" }, ["identity", "risks_disclosed"]), ["risks_disclosed"]);
});
