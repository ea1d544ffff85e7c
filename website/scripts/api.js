// Asks the API on our own origin, and turns whatever happens into an answer, a refusal or silence.

const TIMEOUT = 25_000;
export const SLOW_AFTER = 4_000;

/** The API said no: `code` is from its closed list, `problem` the whole answer (RFC 9457). */
export class Refusal extends Error {
  constructor(response, problem) {
    super(problem.code ?? `http_${response.status}`);
    this.code = problem.code ?? (response.status === 429 ? "too_many_requests" : "fault");
    this.status = response.status;
    this.problem = problem;
    const after = Number(problem.retry_in ?? response.headers.get("retry-after"));
    this.retryIn = Number.isFinite(after) && after > 0 ? after : 60;
    this.reference = problem.reference ?? response.headers.get("x-amzn-requestid") ?? "";
  }
}

/** There was no answer; it is not known whether the request arrived. */
export class NoResponse extends Error {
  get offline() {
    return navigator.onLine === false;
  }
}

/** Sends one request. `idempotencyKey` makes a repeated start the same start. */
export async function request(method, path, { body, idempotencyKey } = {}) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (idempotencyKey) headers["Idempotency-Key"] = idempotencyKey;
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
  const answer = parse(text);
  if (!response.ok) throw new Refusal(response, answer ?? {});
  return answer;
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
