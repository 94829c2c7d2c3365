import assert from "node:assert/strict";
import test from "node:test";
import { axisNumber, exactNumber, number, shortAmount } from "../../static/src/js/charts/amounts.js";

test("Chinese pages count in ten thousands and hundred millions", () => {
  assert.equal(shortAmount(8_124_000, "zh-Hans"), "812.4万");
  assert.equal(shortAmount(125_000_000, "zh-Hans"), "1.3亿");
  assert.equal(shortAmount(10_000, "zh-Hans"), "1万");
  assert.equal(shortAmount(9_999, "zh-Hans"), "9,999");
  assert.equal(shortAmount(-5_500_000, "zh-Hans"), "-550万");
});

test("English pages count in thousands, millions and billions", () => {
  assert.equal(shortAmount(8_124_000, "en"), "8.1M");
  assert.equal(shortAmount(2_000_000_000, "en"), "2B");
  assert.equal(shortAmount(950, "en"), "950");
});

test("shares are written as percentages", () => {
  assert.equal(axisNumber(0.25, "percent", "zh-Hans"), "25%");
  assert.equal(exactNumber(0.6423, "percent"), "64.23%");
});

test("counts of people stay exact as long as they are short", () => {
  assert.equal(axisNumber(3_493, "count", "en"), "3,493");
  assert.equal(axisNumber(12_500, "count", "en"), "12.5K");
  assert.equal(axisNumber(3_493, "money", "en"), "3.5K");
});

test("tooltips show the exact figure", () => {
  assert.equal(exactNumber(7_640_000, "money"), "7,640,000.00");
  assert.equal(exactNumber(1234, "count"), "1,234");
  assert.equal(exactNumber(null, "money"), "–");
});

test("decimals arrive as text, nothing is a gap", () => {
  assert.equal(number("123.45"), 123.45);
  assert.equal(number(""), null);
  assert.equal(number(null), null);
  assert.equal(number(0), 0);
});
