// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { emailError } from "../../website/scripts/dialogs/forms.js";
import { t } from "../../website/scripts/texts.js";

for (const typed of [" desk@example.org ", "desk＠example.org", "пошта@приклад.укр", "a@b"]) {
  test(`${JSON.stringify(typed)} may be an address`, () => assert.equal(emailError(typed), null));
}

for (const typed of ["desk", "desk@", "@example.org", "de sk@example.org", "a@b@c", "a@b, c@d"]) {
  test(`${JSON.stringify(typed)} cannot be one`, () => {
    assert.equal(emailError(typed), t("field.email_wrong"));
  });
}

test("an empty field is asked for", () => assert.equal(emailError("  "), t("field.email_empty")));
