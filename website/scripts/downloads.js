// Makes stable download links and starts downloads; asks for an account first when there is none.

import { ask, Refusal } from "./api.js";
import { make } from "./dom.js";
import { keepFlow } from "./flow.js";
import { forgetSession, knownHere, signedIn } from "./session.js";

const FORMAT = "newsreel.format";

/** A wanted file: `{videoId, rendition, label, size, title}` (size as text). */
export async function makeLink(wanted) {
  return ask("POST", `/videos/${encodeURIComponent(wanted.videoId)}/downloads`, {
    body: { rendition: wanted.rendition },
  });
}

/** Makes a link and lets the browser download it. */
export async function startDownload(wanted) {
  const link = await makeLink(wanted);
  rememberFormat(wanted.label);
  const anchor = make("a", { href: link.download_url, hidden: true });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  return link;
}

/** Runs `work` when signed in; otherwise keeps the wish and opens the account dialogs. */
export async function withAccount(wanted, work) {
  if (!signedIn()) {
    askForAccount(wanted, knownHere() ? "log-in" : "register");
    return null;
  }
  try {
    return await work(wanted);
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "not_signed_in")) throw error;
    forgetSession();
    askForAccount(wanted, "log-in", { loggedOut: true });
    return null;
  }
}

function askForAccount(wanted, step, more = {}) {
  const flow = keepFlow({ wanted, ...more });
  location.hash = flow.id ? "verify" : step;
}

/** The label of the format that was downloaded last, for the order of the next list. */
export function lastFormat() {
  try {
    return localStorage.getItem(FORMAT);
  } catch {
    return null;
  }
}

function rememberFormat(label) {
  try {
    localStorage.setItem(FORMAT, label);
  } catch {
    // Then the list keeps its own order.
  }
}
