// @ts-check
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { VisibleTimer } from "../../website/scripts/dialogs/visible-timer.js";

/** @param {boolean} isHidden */
function hideTab(isHidden) {
  Object.assign(document, { hidden: isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
}

afterEach(() => hideTab(false));

test("a visible tab works after the wait, once", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const work = context.mock.fn();
  new VisibleTimer(work).start(5000);
  context.mock.timers.tick(4999);
  assert.equal(work.mock.callCount(), 0);
  context.mock.timers.tick(60_000);
  assert.equal(work.mock.callCount(), 1);
});

test("a hidden tab works when it is shown again, once", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const work = context.mock.fn();
  new VisibleTimer(work).start(5000);
  hideTab(true);
  context.mock.timers.tick(60_000);
  assert.equal(work.mock.callCount(), 0);
  hideTab(false);
  hideTab(false);
  assert.equal(work.mock.callCount(), 1);
});

test("a new start replaces the one before", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const work = context.mock.fn();
  const timer = new VisibleTimer(work);
  timer.start(5000);
  timer.start(2000);
  context.mock.timers.tick(60_000);
  assert.equal(work.mock.callCount(), 1);
});

test("a stopped timer never works again, not even in a tab that is shown later", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const work = context.mock.fn();
  const timer = new VisibleTimer(work);
  timer.start(5000);
  hideTab(true);
  context.mock.timers.tick(5000);
  timer.stop();
  hideTab(false);
  assert.equal(work.mock.callCount(), 0);
});
