// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { cleanAddress, emailError, refusedAddressText } from "../../website/scripts/dialogs/email-address.js";
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

for (const around of ["\u200b", "\ufeff", "\u00ad", "\u202a", "\u2060", "\u00a0", "\t\u200e "]) {
  const name = Array.from(around, (one) => `U+${one.codePointAt(0)?.toString(16)}`).join(" ");
  test(`an address that was copied with ${name} around it is the address`, () => {
    assert.equal(cleanAddress(`${around}desk@example.org${around}`), "desk@example.org");
    assert.equal(emailError(`${around}desk@example.org${around}`), null);
  });
  test(`${name} alone is no address`, () => assert.equal(emailError(around), t("field.email_empty")));
}

test("an invisible character inside an address is named as the reason", () => {
  assert.equal(emailError("de\u200bsk@example.org"), t("field.email_invisible"));
  assert.equal(refusedAddressText("desk@exam\u00adple.org"), t("field.email_invisible"));
  assert.equal(refusedAddressText("desk@example"), t("field.email_wrong"));
});
