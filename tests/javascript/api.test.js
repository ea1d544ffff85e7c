// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { command, NoResponse, Refusal, request, serverTime } from "../../website/scripts/api.js";
import { refusal, respondWith } from "./support/browser.js";

/** @param {Response} response */
async function refusalOf(response) {
  respondWith(response);
  const error = await request("GET", "/account", { promises: "email" }).then(assert.fail, (reason) => reason);
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
  const sent = respondWith(Response.json({ registration_id: "r-1" }));
  await request(method, "/registrations", { promises: "registration_id", ...options });
  return sent;
}

test("an answer is its body, and nothing from a route that has none", async () => {
  respondWith(Response.json({ email: "desk@example.org" }), new Response(null, { status: 204 }));
  assert.deepEqual(await request("GET", "/account", { promises: "email" }), { email: "desk@example.org" });
  assert.equal(await command("DELETE", "/sessions/current"), undefined);
});

const JSON_TYPE = { headers: { "Content-Type": "application/json" } };
const HTML = { headers: { "Content-Type": "text/html" } };
/** @type {[string, () => Response][]} */
const NOT_OURS = [
  ["a proxy's page", () => new Response("<html>Notice</html>", HTML)],
  ["JSON that calls itself HTML", () => new Response('{"email":"a@b"}', HTML)],
  ["HTML that calls itself JSON", () => new Response("<html>", JSON_TYPE)],
  ["an empty body", () => new Response("", JSON_TYPE)],
  ["null", () => Response.json(null)],
  ["a list", () => Response.json([])],
  ["a text", () => Response.json("ok")],
  ["another object", () => Response.json({ status: "ok" })],
  ["no content", () => new Response(null, { status: 204 })],
];

for (const [name, answer] of NOT_OURS) {
  test(`${name} with a status of success is a fault, not the account`, async () => {
    respondWith(answer());
    const error = await request("GET", "/account", { promises: "email" }).catch((reason) => reason);
    assert.ok(error instanceof Refusal);
    assert.equal(error.code, "fault");
  });
}

/** @type {typeof NOT_OURS} */
const ANSWERS = [...NOT_OURS.slice(0, -1), ["the account", () => Response.json({ email: "a@b" })]];

for (const [name, answer] of ANSWERS) {
  test(`${name} is a fault where nothing is answered, not a password that was updated`, async () => {
    respondWith(answer());
    const error = await command("POST", "/password-resets/p-1/complete").catch((reason) => reason);
    assert.ok(error instanceof Refusal);
    assert.equal(error.code, "fault");
  });
}

test("a refusal of a route without an answer keeps its code", async () => {
  respondWith(refusal(410, "flow_over"));
  await assert.rejects(command("POST", "/password-resets/p-1/complete"), { code: "flow_over" });
});

test("a browser without AbortSignal.timeout() gets its answers", async (context) => {
  context.mock.method(AbortSignal, "timeout", () => {
    throw new TypeError("AbortSignal.timeout is not a function");
  });
  respondWith(Response.json({ email: "desk@example.org" }));
  assert.deepEqual(await request("GET", "/account", { promises: "email" }), { email: "desk@example.org" });
});

test("an answer that never comes is given up after 25 seconds", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.fetch = (_, { signal } = {}) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  const asked = request("GET", "/account", { promises: "email" });
  context.mock.timers.tick(25_000);
  await assert.rejects(asked, NoResponse);
});

test("times are those of the API, whatever the clock of this device says", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 1, 14, 17) });
  const headers = { Date: "Sat, 14 Feb 2026 12:00:00 GMT", Age: "60" };
  respondWith(Response.json({ email: "desk@example.org" }, { headers }));
  await request("GET", "/account", { promises: "email" });
  assert.equal(serverTime(), Date.UTC(2026, 1, 14, 12, 1));
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
  const ask = () => request("GET", "/account", { promises: "email" });
  await assert.rejects(ask(), (error) => error instanceof NoResponse && !error.offline);
  Object.assign(navigator, { onLine: false });
  await assert.rejects(ask(), (error) => error instanceof NoResponse && error.offline);
  Object.assign(navigator, { onLine: true });
});

test("a body that breaks off is no response either, whatever its status said", async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
  respondWith(new Response(body, { status: 200 }));
  await assert.rejects(request("GET", "/account", { promises: "email" }), NoResponse);
});
