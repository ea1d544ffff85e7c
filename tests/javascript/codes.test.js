// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { canHoldCode } from "../../website/scripts/dialogs/code-field.js";

const SUBJECT = "482 917 is your verification code (07:16 UTC)";

for (const typed of ["482917", " 482 917\n", "482-917", "١٢٣٤٥٦", SUBJECT]) {
  test(`${JSON.stringify(typed)} is sent: the API finds the code in it`, () => {
    assert.equal(canHoldCode(typed), true);
  });
}

for (const typed of ["12345", ".", "--", "4 8 2 9 1"]) {
  test(`${JSON.stringify(typed)} is not sent: it can be no code`, () => {
    assert.equal(canHoldCode(typed), false);
  });
}
