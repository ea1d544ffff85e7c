// @ts-check
// Knows whether this browser is logged in, and tells every open tab when that changes.

import { Refusal, request } from "./api.js";

const SIGNAL = "newsreel.session";
const KNOWN = "newsreel.known";

/** Fires "change" when somebody logs in or out, in this tab or another. */
export const sessionChanges = new EventTarget();

const changed = () => sessionChanges.dispatchEvent(new Event("change"));
addEventListener("storage", (event) => {
  if (event.key === SIGNAL) changed();
});

/**
 * Whether the readable cookie beside the session says that somebody is logged in. Without it no
 * request for the account is sent.
 */
export const signedIn = () => /(?:^|;\s*)signed_in=1(?:;|$)/.test(document.cookie);

/** Whether somebody has ever logged in with this browser. */
export const hasLoggedInBefore = () => readStored(KNOWN) !== null;

/**
 * The account, or null when nobody is logged in.
 *
 * @returns {Promise<Api.Account | null>}
 */
export async function fetchAccount() {
  if (!signedIn()) return null;
  try {
    return await request("GET", "/account");
  } catch (error) {
    if (isNotSignedIn(error)) {
      forgetSession();
      return null;
    }
    throw error;
  }
}

/**
 * Whether the API refused a request because its session has ended.
 *
 * @param {unknown} error
 */
export const isNotSignedIn = (error) => error instanceof Refusal && error.code === "not_signed_in";

/** Notes that a session began: the response has set its cookies. */
export function sessionBegan() {
  store(KNOWN, "1");
  notifyTabs();
}

/** Notes that the session has ended on the server. */
export function forgetSession() {
  document.cookie = "signed_in=; Path=/; Secure; SameSite=Lax; Max-Age=0";
  notifyTabs();
}

export async function logOut() {
  try {
    await request("DELETE", "/sessions/current");
  } catch (error) {
    if (!isNotSignedIn(error)) throw error;
  }
  forgetSession();
}

function notifyTabs() {
  store(SIGNAL, String(Date.now()));
  changed();
}

/** @param {string} key */
function readStored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
function store(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is forbidden: other tabs notice with their next request.
  }
}
