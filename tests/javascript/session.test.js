// @ts-check
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Refusal } from "../../website/scripts/api.js";
import * as site from "../../website/scripts/session.js";
import { changeInOtherTab, collect, local, logInHere, newBrowser } from "./support/browser.js";
import { refusal, respondWith } from "./support/browser.js";

afterEach(newBrowser);

for (const [cookie, isSignedIn] of /** @type {[string, boolean][]} */ ([
  ["signed_in=1", true],
  ["other=2; signed_in=1; more=3", true],
  ["signed_in=0", false],
  ["signed_in=12", false],
  ["not_signed_in=1", false],
  ["", false],
])) {
  test(`the cookies "${cookie}" mean ${isSignedIn ? "logged in" : "logged out"}`, (context) => {
    context.mock.getter(document, "cookie", () => cookie);
    assert.equal(site.signedIn(), isSignedIn);
  });
}

test("without the cookie no request for the account is sent", async () => {
  const sent = respondWith();
  assert.equal(await site.fetchAccount(), null);
  assert.deepEqual(sent, []);
});

test("a session that the server has ended is forgotten here, and every listener learns of it", async () => {
  logInHere();
  const changes = collect(site.sessionChanges, "change");
  respondWith(refusal(401, "not_signed_in"));
  assert.equal(await site.fetchAccount(), null);
  assert.equal(site.signedIn(), false);
  assert.equal(changes.length, 1);
});

test("another refusal of the account is the caller's to handle, and logs nobody out", async () => {
  logInHere();
  respondWith(refusal(503, "busy"));
  await assert.rejects(site.fetchAccount(), (error) => error instanceof Refusal && error.code === "busy");
  assert.equal(site.signedIn(), true);
});

test("logging out ends here too when the session had ended on the server", async () => {
  logInHere();
  const sent = respondWith(refusal(401, "not_signed_in"));
  await site.logOut();
  assert.deepEqual([sent[0].method, sent[0].path], ["DELETE", "/api/sessions/current"]);
  assert.equal(site.signedIn(), false);
});

test("logging out that fails leaves one logged in", async () => {
  logInHere();
  respondWith(new TypeError("Failed to fetch"));
  await assert.rejects(site.logOut());
  assert.equal(site.signedIn(), true);
});

test("a browser remembers that somebody has logged in with it, also after logging out", () => {
  assert.equal(site.hasLoggedInBefore(), false);
  site.sessionBegan();
  site.forgetSession();
  assert.equal(site.hasLoggedInBefore(), true);
});

test("a session that begins or ends in another tab is a change here, anything else is not", () => {
  const changes = collect(site.sessionChanges, "change");
  changeInOtherTab("newsreel.format");
  assert.equal(changes.length, 0);
  changeInOtherTab("newsreel.session");
  assert.equal(changes.length, 1);
});

test("without storage a session begins all the same", () => {
  local.isForbidden = true;
  const changes = collect(site.sessionChanges, "change");
  site.sessionBegan();
  assert.equal(changes.length, 1);
  assert.equal(site.hasLoggedInBefore(), false);
});
