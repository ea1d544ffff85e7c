// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { NoResponse, Refusal, request } from "../../website/scripts/api.js";
import { refusal, respondWith } from "./support/browser.js";

/** @param {Response} response */
async function refusalOf(response) {
  respondWith(response);
  const error = await request("GET", "/account").then(assert.fail, (reason) => reason);
  assert.ok(error instanceof Refusal);
  return error;
}

test("a request says the page's language and sends its body as JSON", async () => {
  const [sent] = await sentBy("POST", { body: { email: "desk@example.org" } });
  assert.equal(sent.path, "/api/registrations");
  assert.equal(sent.headers.get("accept-language"), "en");
  assert.equal(sent.headers.get("content-type"), "application/json");
  assert.deepEqual(sent.body, { email: "desk@example.org" });
});

test("a request without a body says nothing of one", async () => {
  const [sent] = await sentBy("DELETE", {});
  assert.equal(sent.headers.get("content-type"), null);
  assert.equal(sent.body, undefined);
});

test("an idempotency key travels in its own header, and only if there is one", async () => {
  const [withKey] = await sentBy("POST", { body: {}, idempotencyKey: "key-1" });
  const [without] = await sentBy("POST", { body: {} });
  assert.equal(withKey.headers.get("idempotency-key"), "key-1");
  assert.equal(without.headers.has("idempotency-key"), false);
});

/**
 * @param {"POST" | "DELETE"} method
 * @param {{body?: unknown, idempotencyKey?: string}} options
 */
async function sentBy(method, options) {
  const sent = respondWith(Response.json({}));
  await request(method, "/registrations", options);
  return sent;
}

test("an answer is its body, and null when it has none", async () => {
  respondWith(Response.json({ email: "desk@example.org" }), new Response(null, { status: 204 }));
  assert.deepEqual(await request("GET", "/account"), { email: "desk@example.org" });
  assert.equal(await request("DELETE", "/sessions/current"), null);
});

test("a refusal has the code, the problem and the reference of its body", async () => {
  const error = await refusalOf(refusal(401, "code_wrong", { attempts_left: 3, reference: "abc" }));
  assert.equal(error.code, "code_wrong");
  assert.equal(error.status, 401);
  assert.equal(error.problem.attempts_left, 3);
  assert.equal(error.reference, "abc");
});

test("a wait comes from the body first, and from the header without one", async () => {
  const headers = { "Retry-After": "90" };
  const body = { code: "too_many_requests", retry_in: 30 };
  const both = await refusalOf(Response.json(body, { status: 429, headers }));
  const header = await refusalOf(new Response("", { status: 429, headers }));
  assert.equal(both.retryIn, 30);
  assert.equal(header.retryIn, 90);
});

for (const after of ["0", "-5", "soon", "Sat, 14 Feb 2026 10:00:00 GMT", ""]) {
  test(`a wait of "${after}" that is no number of seconds means a minute`, async () => {
    const error = await refusalOf(new Response("", { status: 429, headers: { "Retry-After": after } }));
    assert.equal(error.retryIn, 60);
  });
}

test("a throttled request without a body is too_many_requests, any other a fault", async () => {
  assert.equal((await refusalOf(new Response("", { status: 429 }))).code, "too_many_requests");
  assert.equal((await refusalOf(new Response("", { status: 502 }))).code, "fault");
});

test("an error page that is no JSON is a fault with the request id of its header", async () => {
  const headers = { "x-amzn-requestid": "5f0c8f3b" };
  const error = await refusalOf(new Response("<html>Bad gateway</html>", { status: 502, headers }));
  assert.equal(error.code, "fault");
  assert.equal(error.reference, "5f0c8f3b");
});

test("a broken connection is no response, which knows whether the browser is offline", async () => {
  respondWith(new TypeError("Failed to fetch"), new TypeError("Failed to fetch"));
  await assert.rejects(request("GET", "/account"), (error) => error instanceof NoResponse && !error.offline);
  Object.assign(navigator, { onLine: false });
  await assert.rejects(request("GET", "/account"), (error) => error instanceof NoResponse && error.offline);
  Object.assign(navigator, { onLine: true });
});

test("a body that breaks off is no response either, whatever its status said", async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
  respondWith(new Response(body, { status: 200 }));
  await assert.rejects(request("GET", "/account"), NoResponse);
});
