// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { NoResponse, request } from "../../website/scripts/api.js";
import { errorText, isGone } from "../../website/scripts/error-text.js";
import { t } from "../../website/scripts/texts.js";
import { refusal, respondWith } from "./support/browser.js";

/** @param {Response} response */
function errorOf(response) {
  respondWith(response);
  return request("GET", "/videos", { promises: "items" }).then(assert.fail, (error) => error);
}

test("no response and no network have their own sentences", () => {
  assert.equal(errorText(new NoResponse()), t("wait.no_answer"));
  Object.assign(navigator, { onLine: false });
  assert.equal(errorText(new NoResponse()), t("wait.offline"));
  Object.assign(navigator, { onLine: true });
});

test("too many requests say the time of day from which one may try again", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-02-14T01:00:00Z") });
  const error = await errorOf(refusal(429, "too_many_requests", { retry_in: 240 }));
  assert.equal(errorText(error), t("wait.too_many", { time: "02:04\u00a0CET" }));
});

test("whoever gets no more mails is told until when, and whom to write to, if anybody", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-02-14T01:00:00Z") });
  const limit = { retry_in: 240, limit: "mails_address" };
  const nobody = await errorOf(refusal(429, "too_many_requests", limit));
  const time = "02:04\u00a0CET";
  assert.equal(errorText(nobody), t("wait.mails", { time }));
  const somebody = await errorOf(
    refusal(429, "too_many_requests", { ...limit, write_to: "codes@example.org" }),
  );
  assert.equal(errorText(somebody), t("wait.mails_or_write", { time, address: "codes@example.org" }));
});

test("a busy service is no fault", async () => {
  assert.equal(errorText(await errorOf(refusal(503, "busy"))), t("wait.busy"));
});

test("a fault names its reference where there is one", async () => {
  const named = await errorOf(refusal(500, "fault", { reference: "5f0c" }));
  assert.equal(errorText(named), t("wait.fault_reference", { reference: "5f0c" }));
  assert.equal(errorText(await errorOf(refusal(500, "fault"))), t("wait.fault"));
});

test("an error of the page's own scripts is a fault without a reference", () => {
  assert.equal(errorText(new TypeError("x is undefined")), t("wait.fault"));
});

test("a file is gone when it is not available or was withdrawn, and for no other reason", async () => {
  assert.equal(isGone(await errorOf(refusal(404, "not_available"))), true);
  assert.equal(isGone(await errorOf(refusal(410, "withdrawn"))), true);
  assert.equal(isGone(await errorOf(refusal(404, "not_found"))), false);
  assert.equal(isGone(new NoResponse()), false);
});
