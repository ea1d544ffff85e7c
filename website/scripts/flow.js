// Keeps the one open account flow (id, address, step, page, wanted file) in localStorage until it
// ends, so that reload, a second tab and a dropped tab go on. Never a password, never a code.

const KEY = "newsreel.flow";
const PROOF = "newsreel.proof";
const LIFETIME = 24 * 60 * 60 * 1000;

/** Fires "change" when this or another tab changed the flow. */
export const flowChanges = new EventTarget();

const changed = () => flowChanges.dispatchEvent(new Event("change"));
addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) changed();
});

/** The open flow, or null. */
export function openFlow() {
  try {
    const flow = JSON.parse(localStorage.getItem(KEY));
    return flow && Date.now() - flow.touched < LIFETIME ? flow : null;
  } catch {
    return null;
  }
}

/** Starts or changes the flow. */
export function saveFlow(changes) {
  const flow = { page: location.pathname, ...openFlow(), ...changes, touched: Date.now() };
  try {
    localStorage.setItem(KEY, JSON.stringify(flow));
  } catch {
    // Storage is full or forbidden: the flow lives as long as the tab.
  }
  changed();
  return flow;
}

export function endFlow() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
  dropProof();
  changed();
}

/** Whether a mailed code is being waited for. */
export const isWaitingForCode = () => Boolean(openFlow()?.id);

/** The step on which the open flow goes on. */
export function flowStep() {
  const flow = openFlow();
  if (flow?.kind !== "reset") return "verify";
  return proofOf(flow.id) ? "new-password" : "reset-code";
}

// The right to set a new password, for ten minutes. It outlives a reload, and no more: on a shared
// computer the next person must not find it in storage. A dropped tab enters its code once more.
let proof = null;

/** Keeps the right that the code of the reset `id` gave. */
export function saveProof(id, token) {
  proof = { id, token };
  try {
    sessionStorage.setItem(PROOF, JSON.stringify(proof));
  } catch {
    // Storage is forbidden: the right lives as long as the page.
  }
}

/** The right to complete the reset `id`, or null. */
export function proofOf(id) {
  try {
    proof ??= JSON.parse(sessionStorage.getItem(PROOF));
  } catch {
    // As above.
  }
  return proof?.id === id ? proof.token : null;
}

export function dropProof() {
  proof = null;
  try {
    sessionStorage.removeItem(PROOF);
  } catch {
    // As above.
  }
}
