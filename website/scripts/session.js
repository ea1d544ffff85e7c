// Knows whether this browser is signed in, and tells every open tab when that changes.

import { request, Refusal } from "./api.js";

const SIGNAL = "newsreel.session";
const KNOWN = "newsreel.known";

/** Fires "change" when somebody signed in or out, here or in another tab. */
export const sessionChanges = new EventTarget();

const changed = () => sessionChanges.dispatchEvent(new Event("change"));
addEventListener("storage", (event) => {
  if (event.key === SIGNAL) changed();
});

/** The readable cookie beside the session: says whether to ask for the account at all. */
export const signedIn = () => /(?:^|;\s*)signed_in=1(?:;|$)/.test(document.cookie);

/** Whether somebody has ever logged in with this browser. */
export const hasLoggedInBefore = () => readStored(KNOWN) !== null;

/** The account, or null when nobody is signed in. Asks only if the cookie is there. */
export async function fetchAccount() {
  if (!signedIn()) return null;
  try {
    return await request("GET", "/account");
  } catch (error) {
    if (error instanceof Refusal && error.code === "not_signed_in") {
      forgetSession();
      return null;
    }
    throw error;
  }
}

/** A session began (the answer carried the cookies). */
export function sessionBegan() {
  store(KNOWN, "1");
  notifyTabs();
}

/** The server no longer knows this session. */
export function forgetSession() {
  document.cookie = "signed_in=; Path=/; Secure; SameSite=Lax; Max-Age=0";
  notifyTabs();
}

export async function logOut() {
  try {
    await request("DELETE", "/sessions/current");
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "not_signed_in")) throw error;
  }
  forgetSession();
}

function notifyTabs() {
  store(SIGNAL, String(Date.now()));
  changed();
}

function readStored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Without storage other tabs learn of it when they next ask.
  }
}
