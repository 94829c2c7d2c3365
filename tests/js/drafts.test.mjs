import assert from "node:assert/strict";
import test from "node:test";
import { kept } from "../../static/src/js/drafts.js";

test("texts are kept in order, repeated names too; tokens, files and passwords are not", () => {
  const file = new Blob(["x"]);
  const form = [["csrfmiddlewaretoken", "t"], ["text", "a"], ["interests", "funds"], ["interests", "bonds"], ["scan", file], ["old_password", "s"]];
  assert.deepEqual(kept(form), [["text", "a"], ["interests", "funds"], ["interests", "bonds"]]);
});
