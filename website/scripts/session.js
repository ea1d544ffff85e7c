// @ts-check
// Knows whether this browser is logged in, and tells every open tab when that changes.

import { command, Refusal, request } from "./api.js";
import { sessionMark } from "./session-mark.js";
import { ofBrowser } from "./storage.js";

const SIGNAL = "newsreel.session";
const KNOWN = "newsreel.known";

/** Fires "change" when somebody logs in or out, in this tab or another. */
export const sessionChanges = new EventTarget();

/** The mark that every listener knows. */
let knownMark = sessionMark();

function changed() {
  knownMark = sessionMark();
  sessionChanges.dispatchEvent(new Event("change"));
}

/** Looks at the cookie again: storage may be refused, and then no event comes from other tabs. */
function look() {
  if (sessionMark() !== knownMark) changed();
}

addEventListener("storage", (event) => {
  if (event.key === SIGNAL) changed();
});
// A page that Back brings to life again, a tab that is shown, and a window that is gone back to.
for (const type of ["pageshow", "focus"]) addEventListener(type, look);
document.addEventListener("visibilitychange", look);
// Where browsers tell of cookies, windows side by side learn of it at once.
globalThis.cookieStore?.addEventListener("change", look);

/**
 * Whether the readable cookie beside the session says that somebody is logged in. Without it no
 * request for the account is sent.
 */
export const signedIn = () => sessionMark() !== "";

/** Whether somebody has ever logged in with this browser. */
export const hasLoggedInBefore = () => ofBrowser.read(KNOWN) !== null;

/** @type {{mark: string, account: Promise<Api.Account>} | undefined} */
let asked;

/**
 * Asks for the account, once for all that want it at the same moment: the header and the page.
 *
 * @param {string} mark of the session that is asked about
 */
function askForAccount(mark) {
  if (asked?.mark !== mark) {
    asked = { mark, account: request("GET", "/account", { promises: "email" }) };
    // A later question may be about what has changed meanwhile.
    const forget = () => (asked = undefined);
    asked.account.then(forget, forget);
    setTimeout(forget);
  }
  return asked.account;
}

/**
 * The account, or null when nobody is logged in. An answer about a session that another one has
 * replaced meanwhile is not shown to anybody; the account is then asked for again.
 *
 * @returns {Promise<Api.Account | null>}
 */
export async function fetchAccount() {
  for (let mark = sessionMark(); mark; mark = sessionMark()) {
    try {
      const account = await askForAccount(mark);
      if (mark === sessionMark()) return account;
    } catch (error) {
      if (mark !== sessionMark()) continue;
      if (!isNotSignedIn(error)) throw error;
      forgetSession(error);
      return null;
    }
  }
  return null;
}

/**
 * Whether the API refused a request because its session has ended.
 *
 * @param {unknown} error
 * @returns {error is Refusal}
 */
export const isNotSignedIn = (error) => error instanceof Refusal && error.code === "not_signed_in";

/** Notes that a session began; returns whether the browser has kept its cookies. */
export function sessionBegan() {
  if (signedIn()) ofBrowser.write(KNOWN, "1");
  notifyTabs();
  return signedIn();
}

/**
 * Notes that a session has ended on the server. The cookie stays if it is another session's by now:
 * the answer was late.
 *
 * @param {{sessionMark: string}} ended what the server said it of
 */
export function forgetSession(ended) {
  if (ended.sessionMark === sessionMark()) {
    document.cookie = "signed_in=; Path=/; Secure; SameSite=Lax; Max-Age=0";
  }
  notifyTabs();
}

export async function logOut() {
  const ended = { sessionMark: sessionMark() };
  try {
    await command("DELETE", "/sessions/current");
  } catch (error) {
    if (!isNotSignedIn(error)) throw error;
  }
  forgetSession(ended);
}

function notifyTabs() {
  ofBrowser.write(SIGNAL, String(Date.now()));
  changed();
}
