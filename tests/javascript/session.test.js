// @ts-check
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Refusal, request } from "../../website/scripts/api.js";
import * as site from "../../website/scripts/session.js";
import { changeInOtherTab, collect, local, logInHere, logOutHere, newBrowser } from "./support/browser.js";
import { refusal, respondWith } from "./support/browser.js";

afterEach(newBrowser);

for (const [cookie, isSignedIn] of /** @type {[string, boolean][]} */ ([
  ["signed_in=1", true],
  ["other=2; signed_in=1; more=3", true],
  ["signed_in=5f0c8f3b", true],
  ["signed_in=", false],
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
  logInHere();
  site.sessionBegan();
  site.forgetSession({ sessionMark: "1" });
  assert.equal(site.hasLoggedInBefore(), true);
});

test("a session that begins or ends in another tab is a change here, anything else is not", () => {
  const changes = collect(site.sessionChanges, "change");
  changeInOtherTab("newsreel.format");
  assert.equal(changes.length, 0);
  changeInOtherTab("newsreel.session");
  assert.equal(changes.length, 1);
});

test("without storage a session begins all the same, and is remembered in its page", () => {
  local.isForbidden = true;
  logInHere();
  const changes = collect(site.sessionChanges, "change");
  assert.equal(site.sessionBegan(), true);
  assert.equal(changes.length, 1);
  assert.equal(site.hasLoggedInBefore(), true);
});

test("a browser that keeps no cookies is not logged in, whatever the status of the answer was", () => {
  assert.equal(site.sessionBegan(), false);
  assert.equal(site.hasLoggedInBefore(), false);
});

test("a late refusal of an older session leaves the newer one logged in", async () => {
  logInHere("old");
  respondWith(refusal(401, "not_signed_in"));
  const late = await request("PUT", "/account/newsletter", { promises: "email" }).catch((error) => error);
  logInHere("new");
  site.forgetSession({ ...late, sessionMark: "old" });
  assert.equal(site.signedIn(), true);
});

test("a refusal knows the session that its request came with, not the one of when it arrived", async () => {
  logInHere("old");
  respondWith(refusal(401, "not_signed_in"));
  const asked = request("GET", "/account", { promises: "email" }).catch((error) => error);
  logInHere("new");
  assert.equal((await asked).sessionMark, "old");
});

test("an account that arrives after somebody else has logged in is asked for anew", async () => {
  logInHere("a");
  const answers = ["a@example.org", "b@example.org"].map((email) => Response.json({ email }));
  const sent = respondWith(...answers);
  const asked = site.fetchAccount();
  logInHere("b");
  assert.equal((await asked)?.email, "b@example.org");
  assert.equal(sent.length, 2);
});

test("a log-out that is answered late does not end the session that has begun meanwhile", async () => {
  logInHere("old");
  respondWith(new Response(null, { status: 204 }));
  const left = site.logOut();
  logInHere("new");
  await left;
  assert.equal(site.signedIn(), true);
});

for (const [type, target] of /** @type {[string, EventTarget][]} */ ([
  ["pageshow", /** @type {EventTarget} */ (/** @type {unknown} */ (globalThis))],
  ["focus", /** @type {EventTarget} */ (/** @type {unknown} */ (globalThis))],
  ["visibilitychange", document],
])) {
  test(`a log-out in another tab is seen at ${type}, without storage, and told once`, () => {
    local.isForbidden = true;
    logInHere("here");
    site.sessionBegan();
    const changes = collect(site.sessionChanges, "change");
    target.dispatchEvent(new Event(type));
    assert.equal(changes.length, 0);
    logOutHere();
    target.dispatchEvent(new Event(type));
    target.dispatchEvent(new Event(type));
    assert.equal(changes.length, 1);
  });
}
