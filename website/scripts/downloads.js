// Makes stable download links and starts downloads; asks for an account first when there is none.

import { request, Refusal } from "./api.js";
import { make } from "./dom.js";
import { flowStep, saveFlow } from "./flow.js";
import { forgetSession, hasLoggedInBefore, signedIn } from "./session.js";

const FORMAT = "newsreel.format";

/**
 * A wanted file: `{videoId, rendition, format, label, size, link, terms}`: format, its label in the
 * catalogue's language; label and size as the page says them; link, whether the link alone is
 * wanted; terms, the version of the terms of use that is accepted with it.
 */
export async function makeLink(download) {
  return request("POST", `/videos/${encodeURIComponent(download.videoId)}/downloads`, {
    body: { rendition: download.rendition, ...(download.terms && { terms_version: download.terms }) },
  });
}

/** Makes a link and lets the browser download it. */
export async function startDownload(download) {
  const link = await makeLink(download);
  rememberFormat(download.format);
  const anchor = make("a", { href: link.download_url, hidden: true });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  return link;
}

/** Runs `work` if it may run; otherwise keeps the wish and asks for the account or the terms. */
export async function withAccount(download, work) {
  if (!signedIn()) {
    openAccountStep(download, hasLoggedInBefore() ? "log-in" : "register");
    return null;
  }
  try {
    return await work(download);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "terms_not_accepted") {
      saveFlow({ pendingDownload: { ...download, terms: undefined } });
      openStep("terms");
    } else if (error.code === "not_signed_in") {
      forgetSession();
      openAccountStep(download, "log-in", { loggedOut: true });
    } else throw error;
    return null;
  }
}

function openAccountStep(download, step, more = {}) {
  const flow = saveFlow({ pendingDownload: download, ...more });
  openStep(flow.id ? flowStep() : step);
}

/** Opens a step of the account dialogs; one entry in the history, however many steps follow. */
function openStep(step) {
  if (document.querySelector("dialog[open]")) location.replace(`#${step}`);
  else location.hash = step;
}

let resumeInList = () => false;

/** The list of files says how it goes on with one that it was asked for: `handler` returns if it does. */
export function resumeOn(handler) {
  resumeInList = handler;
}

/** Hands a wish back to the list that it came from; says whether there is one on this page. */
export const resume = (download) => resumeInList(download);

/** The format that was downloaded last, for the order of the next list. */
export function lastFormat() {
  try {
    return localStorage.getItem(FORMAT);
  } catch {
    return null;
  }
}

function rememberFormat(format) {
  try {
    localStorage.setItem(FORMAT, format);
  } catch {
    // Then the list keeps its own order.
  }
}
