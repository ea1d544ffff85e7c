// @ts-check
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { lastFormat, makeLink, resume, resumeOn, withAccount } from "../../website/scripts/downloads.js";
import { endAllFlows, openFlow, saveFlow, saveProof } from "../../website/scripts/flow.js";
import { sessionBegan, signedIn } from "../../website/scripts/session.js";
import { pendingDownloadText } from "../../website/scripts/dialogs/pending-download.js";
import { local, logInHere, logOutHere, newBrowser, refusal, respondWith } from "./support/browser.js";

const FILE = { videoId: "doorstep", rendition: "r1", format: "H.264", label: "H.264", size: "2.5 GB" };

afterEach(() => {
  newBrowser();
  endAllFlows();
});

test("a link is asked for by video and rendition, with the terms if they are accepted with it", async () => {
  const link = { download_url: "/downloads/1" };
  const sent = respondWith(Response.json(link), Response.json(link));
  await makeLink({ ...FILE, videoId: "a/b" });
  await makeLink({ ...FILE, terms: "2026-01" });
  assert.equal(sent[0].path, "/api/videos/a%2Fb/downloads");
  assert.deepEqual(sent[0].body, { rendition: "r1" });
  assert.deepEqual(sent[1].body, { rendition: "r1", terms_version: "2026-01" });
});

test("a stranger registers, and the file waits", async () => {
  assert.equal(await withAccount(FILE, () => assert.fail("nothing may run")), null);
  assert.equal(location.hash, "register");
  assert.deepEqual(openFlow()?.pendingDownload, FILE);
});

test("somebody who has logged in with this browser before logs in", async () => {
  logInHere();
  sessionBegan();
  logOutHere();
  await withAccount(FILE, makeLink);
  assert.equal(location.hash, "log-in");
});

test("an open flow continues, with the new file waiting", async () => {
  saveFlow({ kind: "reset", id: "p-1" });
  saveProof("p-1", "token");
  await withAccount(FILE, makeLink);
  assert.equal(location.hash, "new-password");
  assert.deepEqual(openFlow()?.pendingDownload, FILE);
});

test("terms that are not accepted open their step, and an older acceptance is dropped", async () => {
  logInHere();
  respondWith(refusal(409, "terms_not_accepted"));
  assert.equal(await withAccount({ ...FILE, terms: "2025-01" }, makeLink), null);
  assert.equal(location.hash, "terms");
  assert.deepEqual(openFlow()?.pendingDownload, FILE);
});

test("a session that has ended is forgotten, and log-in says why it is asked for", async () => {
  logInHere();
  respondWith(refusal(401, "not_signed_in"));
  assert.equal(await withAccount(FILE, makeLink), null);
  assert.equal(signedIn(), false);
  assert.equal(location.hash, "log-in");
  assert.equal(openFlow()?.loggedOut, true);
});

test("a refusal of an older session asks again as the newer one", async () => {
  logInHere("old");
  const sent = respondWith(refusal(401, "not_signed_in"), Response.json({ download_url: "/downloads/1" }));
  const asked = withAccount(FILE, makeLink);
  logInHere("new");
  assert.deepEqual(await asked, { download_url: "/downloads/1" });
  assert.equal(sent.length, 2);
});

for (const failure of [refusal(404, "not_available"), new TypeError("Failed to fetch")]) {
  test(`${failure.constructor.name} is the caller's to show, and no flow begins`, async () => {
    logInHere();
    respondWith(failure);
    await assert.rejects(withAccount(FILE, makeLink));
    assert.equal(openFlow(), null);
  });
}

test("a pending download resumes in the list that has it, and nowhere without a list", () => {
  assert.equal(resume(FILE), false);
  resumeOn((file) => file.rendition === "r1");
  assert.equal(resume(FILE), true);
  assert.equal(resume({ ...FILE, rendition: "r2" }), false);
});

test("without storage no format is known", () => {
  local.setItem("newsreel.format", "H.264");
  assert.equal(lastFormat(), "H.264");
  local.isForbidden = true;
  assert.equal(lastFormat(), null);
});

test("a pending download is named with its size, if that is known", () => {
  assert.equal(pendingDownloadText(FILE), "H.264, 2.5 GB");
  assert.equal(pendingDownloadText({ ...FILE, size: undefined }), "H.264");
});
