// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { waitToLook } from "../../website/scripts/dialogs/delivery-line.js";

const CODE_LIVES = 30 * 60_000;

/**
 * How often a page asks in all while a mail stays in one state and its code lives.
 *
 * @param {import("../../website/scripts/dialogs/code-step.js").FlowView["delivery"]} delivery
 */
function looks(delivery) {
  let count = 0;
  let at = 0;
  /** @type {number | undefined} */
  let wait = 0;
  while (wait !== undefined && count < 1000) {
    wait = waitToLook(delivery, at >= CODE_LIVES, wait);
    at += wait ?? 0;
    count += wait === undefined ? 0 : 1;
    if (at > 2 * CODE_LIVES) break;
  }
  return count;
}

test("a mail on its way is looked at every five seconds", () => {
  for (const delivery of /** @type {const} */ (["pending", "sent", "delayed"])) {
    assert.equal(waitToLook(delivery, false, 0), 5_000);
    assert.equal(waitToLook(delivery, false, 60_000), 5_000);
  }
});

test("what is known before the first answer is nothing, so it is looked at soon", () => {
  assert.equal(waitToLook(undefined, false, 0), 5_000);
});

test("a mail that arrived may come back, so it is looked at less and less often", () => {
  const waits = [5_000, 10_000, 20_000, 40_000, 60_000];
  assert.deepEqual(
    waits.map((last) => waitToLook("delivered", false, last)),
    [10_000, 20_000, 40_000, 60_000, 60_000],
  );
});

test("a mail that arrived is looked at some thirty times until its code is dead, then no more", () => {
  assert.equal(looks("delivered"), 32);
  assert.equal(waitToLook("delivered", true, 60_000), undefined);
});

test("a mail that came back or was never sent is looked at no more", () => {
  assert.equal(looks("bounced"), 0);
  assert.equal(looks("withheld"), 0);
});

test("a mail that nobody waits for is looked at less and less often", () => {
  assert.equal(waitToLook("sent", true, 5_000), 10_000);
  assert.equal(waitToLook("sent", true, 60_000), 60_000);
});
