// @ts-check
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import * as site from "../../website/scripts/flow.js";
import { changeInOtherTab, collect, local, newBrowser, reload, session } from "./support/browser.js";

const DAY = 24 * 60 * 60 * 1000;

afterEach(() => {
  newBrowser();
  site.dropProof();
});

test("a flow begins on the page that it was started on, and later changes keep the rest", () => {
  location.pathname = "/videos/doorstep";
  site.saveFlow({ kind: "registration", id: "r-1", email: "desk@example.org" });
  location.pathname = "/help";
  site.saveFlow({ step: "verify" });
  const { touched, ...flow } = site.openFlow() ?? {};
  assert.deepEqual(flow, {
    page: "/videos/doorstep",
    kind: "registration",
    id: "r-1",
    email: "desk@example.org",
    step: "verify",
  });
  assert.equal(typeof touched, "number");
});

test("a flow lasts a day after its last change", (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 0 });
  site.saveFlow({ id: "r-1" });
  context.mock.timers.setTime(DAY - 1);
  assert.equal(site.openFlow()?.id, "r-1");
  context.mock.timers.setTime(DAY);
  assert.equal(site.openFlow(), null);
});

for (const stored of ["", "null", "{", "5"]) {
  test(`storage that holds ${JSON.stringify(stored)} holds no flow`, () => {
    local.setItem("newsreel.flow", stored);
    assert.equal(site.openFlow(), null);
  });
}

test("without storage a flow can be changed and ended, and nothing is kept", () => {
  local.isForbidden = true;
  assert.equal(site.saveFlow({ id: "r-1" }).id, "r-1");
  assert.equal(site.openFlow(), null);
  site.endFlow();
});

test("every change is announced, here and from another tab", () => {
  const changes = collect(site.flowChanges, "change");
  site.saveFlow({ id: "r-1" });
  site.endFlow();
  changeInOtherTab("newsreel.flow");
  changeInOtherTab(null);
  changeInOtherTab("newsreel.session");
  assert.equal(changes.length, 4);
});

test("a flow waits for a code while it has an id", () => {
  assert.equal(site.isWaitingForCode(), false);
  site.saveFlow({ id: "r-1" });
  assert.equal(site.isWaitingForCode(), true);
  site.saveFlow({ id: null, step: "done" });
  assert.equal(site.isWaitingForCode(), false);
});

test("a reset continues with its code, and with the new password once the code was right", () => {
  site.saveFlow({ kind: "reset", id: "p-1" });
  assert.equal(site.flowStep(), "reset-code");
  site.saveProof("p-1", "token");
  assert.equal(site.flowStep(), "new-password");
});

test("a registration continues with its code, whatever was proved for a reset", () => {
  site.saveProof("p-1", "token");
  site.saveFlow({ kind: "registration", id: "r-1" });
  assert.equal(site.flowStep(), "verify");
});

test("the right of one reset is not that of another", () => {
  site.saveProof("p-1", "token");
  assert.equal(site.proofOf("p-1"), "token");
  assert.equal(site.proofOf("p-2"), null);
  assert.equal(site.proofOf(null), null);
});

test("the right to a new password outlives a reload but never reaches the shared storage", async () => {
  site.saveProof("p-1", "token");
  const reloaded = await reload("flow.js");
  assert.equal(reloaded.proofOf("p-1"), "token");
  assert.equal(local.getItem("newsreel.proof"), null);
});

test("the end of a flow ends the right, after a reload too", async () => {
  site.saveProof("p-1", "token");
  site.endFlow();
  assert.equal(site.proofOf("p-1"), null);
  assert.equal((await reload("flow.js")).proofOf("p-1"), null);
});

test("without storage the right lasts until the page is reloaded", async () => {
  session.isForbidden = true;
  site.saveProof("p-1", "token");
  assert.equal(site.proofOf("p-1"), "token");
  assert.equal((await reload("flow.js")).proofOf("p-1"), null);
});
