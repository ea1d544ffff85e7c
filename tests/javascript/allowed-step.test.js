// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";

import { allowedStep, isStep } from "../../website/scripts/dialogs/allowed-step.js";
import { endAllFlows, saveFlow, saveProof } from "../../website/scripts/flow.js";
import { logInHere, newBrowser } from "./support/browser.js";

const FILE = { videoId: "doorstep", rendition: "r1", format: "H.264", label: "H.264" };

afterEach(() => {
  newBrowser();
  endAllFlows();
});

test("without a flow every later step leads to the one that starts it", () => {
  assert.equal(allowedStep("verify"), "register");
  assert.equal(allowedStep("reset-code"), "reset");
  assert.equal(allowedStep("new-password"), "reset");
});

test("an open registration shows its code step, whichever code step is asked for", () => {
  saveFlow({ kind: "registration", id: "r-1" });
  assert.equal(allowedStep("verify"), "verify");
  assert.equal(allowedStep("reset-code"), "verify");
});

test("a new password needs the right that the code gives", () => {
  saveFlow({ kind: "reset", id: "p-1" });
  assert.equal(allowedStep("new-password"), "reset-code");
  saveProof("p-1", "token");
  assert.equal(allowedStep("new-password"), "new-password");
});

test("the last step of a flow is shown only where that flow ended", () => {
  assert.equal(allowedStep("done"), null);
  assert.equal(allowedStep("updated"), null);
  saveFlow({ id: null, step: "updated" });
  assert.equal(allowedStep("updated"), "updated");
  logInHere();
  assert.equal(allowedStep("done"), null);
  saveFlow({ id: null, step: "done" });
  assert.equal(allowedStep("done"), "done");
});

test("the terms are shown for a pending download alone, and after log-in", () => {
  logInHere();
  assert.equal(allowedStep("terms"), null);
  saveFlow({ pendingDownload: FILE });
  assert.equal(allowedStep("terms"), "terms");
  document.cookie = "signed_in=; Max-Age=0";
  assert.equal(allowedStep("terms"), "log-in");
});

test("somebody who is logged in is offered neither log-in nor registration, but may reset", () => {
  logInHere();
  assert.deepEqual(["log-in", "register", "verify", "reset"].map(allowedStep), [null, null, null, "reset"]);
});

for (const step of ["constructor", "toString", "__proto__", "", "no-such-step"]) {
  test(`"${step}" is no step`, () => {
    assert.equal(isStep(step), false);
    assert.equal(allowedStep(step), null);
  });
}

test("every step that a template exists for is known", () => {
  const html = readFileSync(new URL("../../website/dialogs.html", import.meta.url), "utf8");
  const templates = Array.from(html.matchAll(/<template id="step-([\w-]+)">/g), ([, name]) => name);
  // The code of a reset is entered on the same template as that of a registration.
  assert.deepEqual([...templates, "reset-code"].filter((name) => !isStep(name)), []);
  assert.equal(templates.length, 8);
});
