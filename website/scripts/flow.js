// @ts-check
// Keeps the open account flows until they end, so that a reload, a second tab and a reopened browser
// continue them. Each tab is busy with one of them; starting another throws none away. They never
// hold a password or a code.

import { ofBrowser, ofTab } from "./storage.js";

const KEY = "newsreel.flows";
/** Which flow this tab is busy with. */
const TAB_KEY = "newsreel.flow";
const PROOF_KEY = "newsreel.proof";
const LIFETIME = 24 * 60 * 60 * 1000;
/** More flows than anybody has errands; the one that was touched first goes. */
const MOST = 8;

/**
 * An open registration or reset, or the file that waits for one.
 *
 * @typedef {object} Flow
 * @property {string} key names the flow in this browser
 * @property {"registration" | "reset"} [kind]
 * @property {string | null} [id] null once the flow has ended and only its last step is shown
 * @property {string} [step] the step that was shown last
 * @property {string} [email]
 * @property {string} page where the flow began
 * @property {import("./downloads.js").FileRequest} [pendingDownload]
 * @property {boolean} [loggedOut] whether a session ended while a file was requested
 * @property {number} touched milliseconds since 1970
 */

/** Fires "change" when a flow changes, in this tab or another. */
export const flowChanges = new EventTarget();

const changed = () => flowChanges.dispatchEvent(new Event("change"));
addEventListener("storage", (event) => {
  // Without a key the whole storage was cleared.
  if (event.key === KEY || event.key === null) changed();
});

/**
 * Every flow, the one that was touched last first.
 *
 * @returns {Flow[]}
 */
function allFlows() {
  try {
    const flows = JSON.parse(ofBrowser.read(KEY) ?? "[]");
    return Array.isArray(flows) ? flows.filter(isAlive) : [];
  } catch {
    return [];
  }
}

/**
 * Whether a flow is younger than a day. That of this tab is old only when the server says so: a
 * clock that was wrong and is put right makes none old.
 *
 * @param {Flow} flow
 */
const isAlive = ({ key, touched }) => Date.now() - touched < LIFETIME || key === ofTab.read(TAB_KEY);

/** @param {Flow[]} flows */
function storeFlows(flows) {
  if (flows.length) ofBrowser.write(KEY, JSON.stringify(flows.slice(0, MOST)));
  else ofBrowser.remove(KEY);
}

/** The flow that this tab is busy with, or null. A new tab takes up the newest that waits for a code. */
export function openFlow() {
  const flows = allFlows();
  const own = ofTab.read(TAB_KEY);
  return flows.find(({ key }) => key === own) ?? flows.find(({ id }) => id) ?? null;
}

/** Every flow that waits for a mailed code. */
export const waitingFlows = () => allFlows().filter(({ id }) => id);

/**
 * A flow of any tab, or undefined once it has ended.
 *
 * @param {string} key
 */
export const flowOf = (key) => allFlows().find((flow) => flow.key === key);

/** Has this tab stay with the flow that it shows, whatever begins in others; returns that flow. */
export function claimFlow() {
  const flow = openFlow();
  if (flow) ofTab.write(TAB_KEY, flow.key);
  return flow;
}

/**
 * Changes the flow of this tab, or starts one: a new id is a new flow, beside those that wait.
 *
 * @param {Partial<Flow>} changes
 * @returns {Flow}
 */
export function saveFlow(changes) {
  const open = openFlow();
  const isAnother = Boolean(open?.id && changes.id && open.id !== changes.id);
  const before = open && !isAnother ? open : { key: crypto.randomUUID(), page: location.pathname };
  const flow = { ...before, ...changes, touched: Date.now() };
  storeFlows([flow, ...allFlows().filter(({ key }) => key !== flow.key)]);
  ofTab.write(TAB_KEY, flow.key);
  changed();
  return flow;
}

/**
 * Has this tab go on with another flow that waits.
 *
 * @param {string} key
 */
export function continueFlow(key) {
  ofTab.write(TAB_KEY, key);
  changed();
}

/**
 * Changes one flow, whatever this tab is busy with by now: an answer may come when its person has gone
 * on to another errand. A flow that has ended meanwhile stays ended.
 *
 * @param {string} key
 * @param {Partial<Flow>} changes
 */
export function changeFlow(key, changes) {
  const flow = flowOf(key);
  if (!flow) return;
  const others = allFlows().filter((other) => other.key !== key);
  storeFlows([{ ...flow, ...changes, touched: Date.now() }, ...others]);
  changed();
}

/**
 * Ends one flow; without a key that of this tab.
 *
 * @param {string | null} [key]
 */
export function endFlow(key = ofTab.read(TAB_KEY)) {
  storeFlows(allFlows().filter((flow) => flow.key !== key));
  if (key === ofTab.read(TAB_KEY)) ofTab.remove(TAB_KEY);
  dropOldProofs();
  changed();
}

/**
 * Ends what a log-in has settled: the flow of this tab unless it waits for another address's code,
 * and every flow of the address that logged in.
 *
 * @param {string} email
 */
export function endFlowsOf(email) {
  const own = openFlow()?.key;
  const isSettled = (/** @type {Flow} */ flow) =>
    flow.email?.toLowerCase() === email.toLowerCase() || (flow.key === own && !flow.id);
  const left = allFlows().filter((flow) => !isSettled(flow));
  storeFlows(left.map((flow) => (flow.key === own ? { ...flow, pendingDownload: undefined } : flow)));
  leaveFlow();
}

/** Ends every flow: the next person at this computer finds none. */
export function endAllFlows() {
  storeFlows([]);
  leaveFlow();
}

function leaveFlow() {
  ofTab.remove(TAB_KEY);
  dropOldProofs();
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

/**
 * Keeps the right to set a new password that the code of a reset gave, for ten minutes, beside those
 * of other resets. It outlives a reload but not the tab: on a shared computer the next person must not
 * find it. A person who reopens the tab has a new code sent.
 *
 * @param {string} id of the reset
 * @param {string} token
 */
export const saveProof = (id, token) => storeProofs(allProofs().set(id, token));

/**
 * The right to complete a reset, or null.
 *
 * @param {string | null | undefined} id of the reset
 * @returns {string | null}
 */
export const proofOf = (id) => (id && allProofs().get(id)) || null;

/** @param {string} id of a reset whose right has been used, or is over */
export function dropProof(id) {
  const proofs = allProofs();
  proofs.delete(id);
  storeProofs(proofs);
}

/** Drops the rights of resets that have ended. */
function dropOldProofs() {
  const waiting = new Set(waitingFlows().map(({ id }) => id));
  storeProofs(new Map([...allProofs()].filter(([id]) => waiting.has(id))));
}

/** @returns {Map<string, string>} the token of each reset */
function allProofs() {
  try {
    return new Map(Object.entries(JSON.parse(ofTab.read(PROOF_KEY) ?? "{}")));
  } catch {
    return new Map();
  }
}

/** @param {Map<string, string>} proofs */
function storeProofs(proofs) {
  if (proofs.size) ofTab.write(PROOF_KEY, JSON.stringify(Object.fromEntries(proofs)));
  else ofTab.remove(PROOF_KEY);
}
