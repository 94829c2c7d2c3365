import assert from "node:assert/strict";
import test from "node:test";
import { dayIn, feedIn } from "../../static/src/js/upload.js";

const codes = ["", "assets", "clients", "risk_assessments", "trades"];

test("the feed is read off the file's name, the longest code first", () => {
  assert.equal(feedIn("qingchuan_assets_20261121.csv.gz", codes), "assets");
  assert.equal(feedIn("RISK_ASSESSMENTS.csv", codes), "risk_assessments");
  assert.equal(feedIn("export.xlsx", codes), "");
});

test("the day is read off the file's name", () => {
  assert.equal(dayIn("qingchuan_assets_20261121.csv.gz"), "2026-11-21");
  assert.equal(dayIn("资产2026-11-21.xlsx"), "2026-11-21");
  assert.equal(dayIn("assets.csv"), "");
});

test("what only looks like a day is left alone", () => {
  assert.equal(dayIn("assets_20261341.csv"), "");
  assert.equal(dayIn("assets_20260230.csv"), "");
  assert.equal(dayIn("batch-1202611210.csv"), "");
});
