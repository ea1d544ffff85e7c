// @ts-check
// What tests arrange in the browser that setup.js pretends: storage, cookies, responses of the API.

import { ofBrowser, ofTab } from "../../../website/scripts/storage.js";

/** @typedef {import("./setup.js").FakeStorage} FakeStorage */

/** @typedef {{method: string, path: string, headers: Headers, body: unknown}} SentRequest */

export const local = /** @type {FakeStorage} */ (/** @type {unknown} */ (globalThis.localStorage));
const NAMES = ["flows", "flow", "proof", "session", "known", "format"];

export const session = /** @type {FakeStorage} */ (/** @type {unknown} */ (globalThis.sessionStorage));

/** Puts storage (also what only the page remembers), cookies and the address back to a new browser's. */
export function newBrowser() {
  local.clear();
  session.clear();
  for (const memory of [ofBrowser, ofTab]) {
    for (const name of NAMES) memory.remove(`newsreel.${name}`);
  }
  logOutHere();
  Object.assign(globalThis.location, { pathname: "/", search: "", hash: "" });
}

/** @param {string} [mark] of the session */
export const logInHere = (mark = "1") => (document.cookie = `signed_in=${mark}; Path=/`);
export const logOutHere = () => (document.cookie = "signed_in=; Max-Age=0");

/**
 * Has the API answer each request with the next of these responses; an Error breaks the connection.
 * Returns the requests as they are sent.
 *
 * @param {(Response | Error)[]} responses
 */
export function respondWith(...responses) {
  /** @type {SentRequest[]} */
  const sent = [];
  globalThis.fetch = async (path, { method = "GET", headers, body } = {}) => {
    const parsed = typeof body === "string" ? JSON.parse(body) : undefined;
    sent.push({ method, path: String(path), headers: new Headers(headers), body: parsed });
    const response = responses.shift();
    if (!response) throw new Error(`nothing is arranged for ${method} ${path}`);
    await Promise.resolve();
    if (response instanceof Error) throw response;
    return response;
  };
  return sent;
}

/**
 * A refusal as the API writes it (RFC 9457).
 *
 * @param {number} status
 * @param {string} code
 * @param {Record<string, unknown>} [more]
 */
export const refusal = (status, code, more = {}) =>
  new Response(JSON.stringify({ type: "about:blank", status, code, ...more }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });

/**
 * Collects the events of a type that a target fires from now on.
 *
 * @param {EventTarget} target
 * @param {string} type
 */
export function collect(target, type) {
  /** @type {Event[]} */
  const events = [];
  target.addEventListener(type, (event) => events.push(event));
  return events;
}

/**
 * Has another tab change a key of the storage that all tabs share.
 *
 * @param {string | null} key null when it clears everything
 */
export const changeInOtherTab = (key) => dispatchEvent(Object.assign(new Event("storage"), { key }));

/**
 * Loads a module anew, as a reload of the page does.
 *
 * @param {string} path below website/scripts
 */
export function reload(path) {
  const url = new URL(`../../../website/scripts/${path}`, import.meta.url);
  url.search = `reload=${crypto.randomUUID()}`;
  return import(url.href);
}
