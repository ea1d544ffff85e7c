// @ts-check
// Sends requests to the API on the site's own origin; each one ends in its body, a Refusal or NoResponse.

import { sessionMark } from "./session-mark.js";

/** After this many milliseconds nobody waits for an answer any more. */
export const TIMEOUT = 25_000;
/** After this many milliseconds a page says that the answer takes long. */
export const SLOW_AFTER = 4_000;

/** How many milliseconds the clock of this device is ahead of the API's. */
let ahead = 0;

/** What time it is at the API: mails and pages then tell the same times, whatever this clock says. */
export const serverTime = () => Date.now() - ahead;

/** @param {Headers} headers of a response, which a cache may have kept for some seconds */
function readClock(headers) {
  const date = Date.parse(headers.get("date") ?? "");
  const age = Number(headers.get("age") ?? 0) * 1000;
  if (Number.isFinite(date + age)) ahead = Date.now() - (date + age);
}

/**
 * The API refused a request (RFC 9457): `code` is from its closed list, `problem` the whole body. It
 * is a fault, too, when something else than the API answered.
 */
export class Refusal extends Error {
  /**
   * @param {Response} response
   * @param {Api.Problem} problem
   * @param {string} mark of the session that the request came with
   */
  constructor(response, problem, mark = sessionMark()) {
    super(problem.code ?? `http_${response.status}`);
    /** @type {NonNullable<Api.Problem["code"]>} */
    this.code = problem.code ?? (response.status === 429 ? "too_many_requests" : "fault");
    this.status = response.status;
    this.problem = problem;
    this.sessionMark = mark;
    const seconds = Number(problem.retry_in ?? response.headers.get("retry-after"));
    this.retryIn = Number.isFinite(seconds) && seconds > 0 ? seconds : 60;
    this.reference = problem.reference ?? response.headers.get("x-amzn-requestid") ?? "";
  }
}

/** No response came; whether the request arrived is unknown. */
export class NoResponse extends Error {
  get offline() {
    return navigator.onLine === false;
  }
}

/** @typedef {"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} Method */

/**
 * Sends one request and returns the body of the response, a JSON object.
 *
 * @template T
 * @param {Method} method
 * @param {string} path below /api
 * @param {{promises: string, body?: unknown, idempotencyKey?: string}} options `promises` is a field
 *   that the route's answer always has; a repeated request with the same `idempotencyKey` has no
 *   further effect
 * @returns {Promise<T>}
 */
export async function request(method, path, { promises, ...options }) {
  const mark = sessionMark();
  const { response, text } = await send(method, path, options);
  const answer = parse(response, text);
  if (!response.ok) throw new Refusal(response, answer ?? {}, mark);
  // Networks have proxies that answer in our place, with a page of their own and status 200.
  if (!answer || !Object.hasOwn(answer, promises)) throw new Refusal(response, {}, mark);
  return answer;
}

/**
 * Sends one request whose route answers 204, without a body.
 *
 * @param {Method} method
 * @param {string} path below /api
 * @param {{body?: unknown}} [options]
 */
export async function command(method, path, options = {}) {
  const mark = sessionMark();
  const { response, text } = await send(method, path, options);
  if (response.status === 204) return;
  throw new Refusal(response, (response.ok ? null : parse(response, text)) ?? {}, mark);
}

/**
 * @param {Method} method
 * @param {string} path
 * @param {{body?: unknown, idempotencyKey?: string}} options
 */
async function send(method, path, { body, idempotencyKey }) {
  const headers = new Headers({
    Accept: "application/json",
    "Accept-Language": document.documentElement.lang,
  });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (idempotencyKey) headers.set("Idempotency-Key", idempotencyKey);
  // AbortSignal.timeout() is missing in browsers that people still have, such as Safari 15.
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), TIMEOUT);
  try {
    const response = await fetch(`/api${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: deadline.signal,
    });
    readClock(response.headers);
    return { response, text: await response.text() };
  } catch {
    throw new NoResponse();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The JSON object of a response, or null if it holds anything else.
 *
 * @param {Response} response
 * @param {string} text
 */
function parse(response, text) {
  if (!/^application\/(?:problem\+)?json\b/i.test(response.headers.get("content-type") ?? "")) return null;
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
