import assert from "node:assert/strict";
import test from "node:test";
import { shape } from "../../static/src/js/tried.js";

const form = [["csrfmiddlewaretoken", "abc"], ["name", "Autumn"], ["tiers__gold", "900,000"], ["try_on", "2026-11-21"]];

test("values that count make the shape, names and tokens do not", () => {
  const other = [["csrfmiddlewaretoken", "def"], ["name", "Winter"], ["tiers__gold", " 900,000 "], ["try_on", "2026-11-21"]];
  assert.equal(shape(form, ["name"]), shape(other, ["name"]));
});

test("another value, another day or another order is another shape", () => {
  const dearer = form.map(([name, value]) => [name, name === "tiers__gold" ? "800,000" : value]);
  assert.notEqual(shape(form, ["name"]), shape(dearer, ["name"]));
  assert.notEqual(shape(form, ["name"]), shape(form, []));
  assert.notEqual(shape(form.toReversed(), []), shape(form, []));
});
