// @ts-check
// Keeps the one open account flow in localStorage until it ends, so that a reload, a second tab and
// a reopened browser continue it. It never holds a password or a code.

const KEY = "newsreel.flow";
const PROOF_KEY = "newsreel.proof";
const LIFETIME = 24 * 60 * 60 * 1000;

/**
 * An open registration or reset, or the file that waits for one.
 *
 * @typedef {object} Flow
 * @property {"registration" | "reset"} [kind]
 * @property {string | null} [id] null once the flow has ended and only its last step is shown
 * @property {string} [step] the step that was shown last
 * @property {string} [email]
 * @property {string} page where the flow began
 * @property {import("./downloads.js").FileRequest} [pendingDownload]
 * @property {boolean} [loggedOut] whether a session ended while a file was requested
 * @property {number} touched milliseconds since 1970
 */

/** Fires "change" when the flow changes, in this tab or another. */
export const flowChanges = new EventTarget();

const changed = () => flowChanges.dispatchEvent(new Event("change"));
addEventListener("storage", (event) => {
  // Without a key the whole storage was cleared.
  if (event.key === KEY || event.key === null) changed();
});

/**
 * The open flow, or null.
 *
 * @returns {Flow | null}
 */
export function openFlow() {
  try {
    const flow = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return flow && Date.now() - flow.touched < LIFETIME ? flow : null;
  } catch {
    return null;
  }
}

/**
 * Starts a flow, or changes the open one.
 *
 * @param {Partial<Flow>} changes
 * @returns {Flow}
 */
export function saveFlow(changes) {
  const flow = { page: location.pathname, ...openFlow(), ...changes, touched: Date.now() };
  try {
    localStorage.setItem(KEY, JSON.stringify(flow));
  } catch {
    // Storage is full or forbidden: the flow cannot continue after this tab.
  }
  changed();
  return flow;
}

export function endFlow() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Storage is forbidden, so nothing was kept.
  }
  dropProof();
  changed();
}

/** Whether the open flow waits for a mailed code. */
export const isWaitingForCode = () => Boolean(openFlow()?.id);

/** The step on which the open flow continues. */
export function flowStep() {
  const flow = openFlow();
  if (flow?.kind !== "reset") return "verify";
  return proofOf(flow.id) ? "new-password" : "reset-code";
}

// The right to set a new password, valid for ten minutes. sessionStorage keeps it over a reload but
// not beyond the tab: on a shared computer the next person must not find it. Whoever reopens the tab
// enters the code again.
/** @type {{id: string, token: string} | null} */
let proof = null;

/**
 * Keeps the right that the code of a reset gave.
 *
 * @param {string} id of the reset
 * @param {string} token
 */
export function saveProof(id, token) {
  proof = { id, token };
  try {
    sessionStorage.setItem(PROOF_KEY, JSON.stringify(proof));
  } catch {
    // Storage is forbidden: the right is lost with a reload.
  }
}

/**
 * The right to complete a reset, or null.
 *
 * @param {string | null | undefined} id of the reset
 */
export function proofOf(id) {
  try {
    proof ??= JSON.parse(sessionStorage.getItem(PROOF_KEY) ?? "null");
  } catch {
    // Storage is forbidden or holds something else: only this page's own right counts.
  }
  return proof?.id === id ? (proof?.token ?? null) : null;
}

export function dropProof() {
  proof = null;
  try {
    sessionStorage.removeItem(PROOF_KEY);
  } catch {
    // Storage is forbidden, so nothing was kept.
  }
}
