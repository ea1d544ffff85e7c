// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { IdempotencyKey } from "../../website/scripts/dialogs/idempotency-key.js";

test("trying again with the same content sends the same key", () => {
  const key = new IdempotencyKey();
  assert.equal(key.for("desk@example.org"), key.for("desk@example.org"));
});

test("another content gets another key, and so does the first one after it", () => {
  const key = new IdempotencyKey();
  const keys = ["a@example.org", "b@example.org", "a@example.org"].map((content) => key.for(content));
  assert.equal(new Set(keys).size, 3);
});

test("an empty content is a content like any other", () => {
  const key = new IdempotencyKey();
  assert.notEqual(key.for(""), key.for("a@example.org"));
});

test("two forms never share a key", () => {
  assert.notEqual(new IdempotencyKey().for("a"), new IdempotencyKey().for("a"));
});
