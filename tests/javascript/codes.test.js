// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { cleanCode } from "../../website/scripts/dialogs/code-field.js";

for (const [typed, sent] of [
  ["123456", "123456"],
  [" 123 456\n", "123456"],
  ["123-456", "123456"],
  ["123\u00a0456", "123456"],
  ["123\u2013456", "123456"],
  ["12\u00ad3456", "123456"],
  ["abcde-fghjk", "abcdefghjk"],
  ["123.456", "123.456"],
  ["١٢٣٤٥٦", "١٢٣٤٥٦"],
]) {
  test(`${JSON.stringify(typed)} is sent as ${sent}`, () => assert.equal(cleanCode(typed), sent));
}
