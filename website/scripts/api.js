// @ts-check
// Sends requests to the API on the site's own origin; each one ends in its body, a Refusal or NoResponse.

const TIMEOUT = 25_000;
/** After this many milliseconds a page says that the answer takes long. */
export const SLOW_AFTER = 4_000;

/** The API refused a request (RFC 9457): `code` is from its closed list, `problem` the whole body. */
export class Refusal extends Error {
  /**
   * @param {Response} response
   * @param {Api.Problem} problem
   */
  constructor(response, problem) {
    super(problem.code ?? `http_${response.status}`);
    /** @type {NonNullable<Api.Problem["code"]>} */
    this.code = problem.code ?? (response.status === 429 ? "too_many_requests" : "fault");
    this.status = response.status;
    this.problem = problem;
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

/**
 * Sends one request and returns the body of the response.
 *
 * @template T
 * @param {"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} path below /api
 * @param {{body?: unknown, idempotencyKey?: string}} [options] a repeated request with the same
 *   `idempotencyKey` has no further effect
 * @returns {Promise<T>}
 */
export async function request(method, path, { body, idempotencyKey } = {}) {
  const headers = new Headers({
    Accept: "application/json",
    "Accept-Language": document.documentElement.lang,
  });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (idempotencyKey) headers.set("Idempotency-Key", idempotencyKey);
  let response;
  let text;
  try {
    response = await fetch(`/api${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    text = await response.text();
  } catch {
    throw new NoResponse();
  }
  const parsed = parse(text);
  if (!response.ok) throw new Refusal(response, parsed ?? {});
  return parsed;
}

/** @param {string} text */
function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
