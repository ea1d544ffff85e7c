// @ts-check
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import * as site from "../../website/scripts/flow.js";
import { changeInOtherTab, collect, local, newBrowser, reload, session } from "./support/browser.js";

const FILE = { videoId: "doorstep", rendition: "r1", format: "H.264", label: "H.264" };
const DAY = 24 * 60 * 60 * 1000;

afterEach(() => {
  newBrowser();
  site.endAllFlows();
});

test("a flow begins on the page that it was started on, and later changes keep the rest", () => {
  location.pathname = "/videos/doorstep";
  site.saveFlow({ kind: "registration", id: "r-1", email: "desk@example.org" });
  location.pathname = "/help";
  site.saveFlow({ step: "verify" });
  const { key, touched, ...flow } = site.openFlow() ?? {};
  assert.equal(typeof key, "string");
  assert.deepEqual(flow, {
    page: "/videos/doorstep",
    kind: "registration",
    id: "r-1",
    email: "desk@example.org",
    step: "verify",
  });
  assert.equal(typeof touched, "number");
});

test("a new tab takes up a flow for a day after its last change", (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 0 });
  site.saveFlow({ id: "r-1" });
  session.clear();
  context.mock.timers.setTime(DAY - 1);
  assert.equal(site.openFlow()?.id, "r-1");
  context.mock.timers.setTime(DAY);
  assert.equal(site.openFlow(), null);
});

test("a clock that is put right by years makes the flow of this tab no older", (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 0 });
  site.saveFlow({ id: "r-1" });
  context.mock.timers.setTime(10_000 * DAY);
  assert.equal(site.openFlow()?.id, "r-1");
});

for (const stored of ["", "null", "{", "5", "{}", "[{}]"]) {
  test(`storage that holds ${JSON.stringify(stored)} holds no flow`, () => {
    local.setItem("newsreel.flows", stored);
    assert.equal(site.openFlow(), null);
  });
}

/** @type {[string, () => void][]} */
const REFUSALS = [
  ["forbidden", () => (local.isForbidden = session.isForbidden = true)],
  ["full", () => (local.isFull = session.isFull = true)],
  ["null", () => Object.assign(globalThis, { localStorage: null, sessionStorage: null })],
];

for (const [name, refuse] of REFUSALS) {
  test(`with storage that is ${name} a flow lives, changes and ends within its page`, (context) => {
    context.after(() => Object.assign(globalThis, { localStorage: local, sessionStorage: session }));
    refuse();
    site.saveFlow({ kind: "reset", id: "p-1", email: "desk@example.org" });
    site.saveFlow({ step: "reset-code" });
    assert.equal(site.openFlow()?.email, "desk@example.org");
    site.saveProof("p-1", "token");
    assert.equal(site.flowStep(), "new-password");
    site.endFlow();
    assert.equal(site.openFlow(), null);
    assert.equal(site.proofOf("p-1"), null);
  });
}

test("storage that fills up while a flow is open keeps no older state of it", () => {
  site.saveFlow({ kind: "registration", id: "r-1" });
  local.isFull = true;
  site.saveFlow({ id: null, step: "done" });
  assert.equal(site.openFlow()?.step, "done");
  site.endFlow();
  assert.equal(site.openFlow(), null);
});

test("a second start throws the first flow away in no tab", () => {
  site.saveFlow({ kind: "registration", id: "r-1", email: "first@example.org" });
  const first = session.getItem("newsreel.flow") ?? "";
  // Another tab has a session storage of its own.
  session.clear();
  site.saveFlow({ kind: "registration", id: "r-2", email: "second@example.org" });
  assert.equal(site.openFlow()?.id, "r-2");
  session.setItem("newsreel.flow", first);
  assert.equal(site.openFlow()?.id, "r-1");
});

test("a reset that begins while a registration waits stands beside it, and one may go on with either", () => {
  const { key } = site.saveFlow({ kind: "registration", id: "r-1" });
  site.saveFlow({ kind: "reset", id: "p-1" });
  assert.deepEqual(site.waitingFlows().map(({ id }) => id), ["p-1", "r-1"]);
  assert.equal(site.flowStep(), "reset-code");
  site.continueFlow(key);
  assert.equal(site.flowStep(), "verify");
});

test("a tab stays with the flow that it shows, whatever begins in another", () => {
  site.saveFlow({ kind: "registration", id: "r-1" });
  session.clear();
  assert.equal(site.claimFlow()?.id, "r-1");
  const own = session.getItem("newsreel.flow") ?? "";
  session.clear();
  site.saveFlow({ kind: "registration", id: "r-2" });
  session.setItem("newsreel.flow", own);
  assert.equal(site.openFlow()?.id, "r-1");
});

test("the end of one flow is not that of another", () => {
  site.saveFlow({ kind: "registration", id: "r-1" });
  site.saveFlow({ kind: "reset", id: "p-1" });
  site.endFlow();
  site.endFlow();
  assert.deepEqual(site.waitingFlows().map(({ id }) => id), ["r-1"]);
});

test("an answer about one flow changes that flow alone, though the tab is busy with another by then", () => {
  const { key } = site.saveFlow({ kind: "registration", id: "r-1" });
  site.saveFlow({ kind: "reset", id: "p-1" });
  site.changeFlow(key, { id: null, step: "done" });
  assert.deepEqual(site.waitingFlows().map(({ id }) => id), ["p-1"]);
  site.endFlow(key);
  assert.equal(site.openFlow()?.id, "p-1");
  site.changeFlow(key, { id: "r-1" });
  assert.deepEqual(site.waitingFlows().map(({ id }) => id), ["p-1"]);
});

test("whoever logs in has no more use for a code to the same address, but for those to others", () => {
  site.saveFlow({ kind: "registration", id: "r-1", email: "Desk@example.org" });
  site.saveFlow({ kind: "registration", id: "r-2", email: "other@example.org", pendingDownload: FILE });
  site.endFlowsOf("desk@example.org");
  const [left, ...none] = site.waitingFlows();
  assert.deepEqual([left.id, left.pendingDownload, none.length], ["r-2", undefined, 0]);
});

test("whoever logs out leaves no address behind", () => {
  site.saveFlow({ kind: "registration", id: "r-1", email: "desk@example.org" });
  site.saveFlow({ kind: "reset", id: "p-1", email: "desk@example.org" });
  site.endAllFlows();
  assert.equal(local.getItem("newsreel.flows"), null);
  assert.deepEqual(site.waitingFlows(), []);
});

test("every change is announced, here and from another tab", () => {
  const changes = collect(site.flowChanges, "change");
  site.saveFlow({ id: "r-1" });
  site.endFlow();
  changeInOtherTab("newsreel.flows");
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

test("a right that was given for one reset outlives the code of another, until its own reset ends", () => {
  const { key } = site.saveFlow({ kind: "reset", id: "p-1" });
  site.saveProof("p-1", "first");
  site.saveFlow({ kind: "reset", id: "p-2" });
  site.saveProof("p-2", "second");
  site.continueFlow(key);
  assert.equal(site.flowStep(), "new-password");
  site.endFlow();
  assert.deepEqual([site.proofOf("p-1"), site.proofOf("p-2")], [null, "second"]);
  site.dropProof("p-2");
  assert.equal(session.getItem("newsreel.proof"), null);
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
  assert.equal((await reload("storage.js")).ofTab.read("newsreel.proof"), null);
});
