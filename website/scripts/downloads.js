// @ts-check
// Makes stable download links and starts downloads; opens the account dialogs first where needed.

import { Refusal, request } from "./api.js";
import { make } from "./dom.js";
import { flowStep, saveFlow } from "./flow.js";
import { forgetSession, hasLoggedInBefore, signedIn } from "./session.js";
import { ofBrowser } from "./storage.js";

const FORMAT_KEY = "newsreel.format";

/**
 * A file that somebody requested.
 *
 * @typedef {object} FileRequest
 * @property {string} videoId
 * @property {string} rendition its id
 * @property {string} format its label in the catalogue's language
 * @property {string} label its label in the page's language
 * @property {string} [size] as the page writes it: 2.5 GB
 * @property {boolean} [link] whether the link is requested instead of the download
 * @property {string} [terms] the version of the terms of use that is accepted with it
 */

/**
 * Makes the stable link of a file.
 *
 * @param {FileRequest} file
 * @returns {Promise<Api.DownloadLink>}
 */
export const makeLink = (file) =>
  request("POST", `/videos/${encodeURIComponent(file.videoId)}/downloads`, {
    body: { rendition: file.rendition, ...(file.terms && { terms_version: file.terms }) },
    promises: "download_url",
  });

/**
 * Makes the link of a file and has the browser download it.
 *
 * @param {FileRequest} file
 */
export async function startDownload(file) {
  const link = await makeLink(file);
  rememberFormat(file.format);
  const anchor = make("a", { href: link.download_url, hidden: true });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  return link;
}

/**
 * Runs `work` if the account and the terms allow it. Otherwise keeps the file as the pending
 * download, opens the step that is missing, and returns null.
 *
 * @template T
 * @param {FileRequest} file
 * @param {(file: FileRequest) => Promise<T>} work
 * @returns {Promise<T | null>}
 */
export async function withAccount(file, work) {
  if (!signedIn()) {
    openAccountStep(file, hasLoggedInBefore() ? "log-in" : "register");
    return null;
  }
  try {
    return await work(file);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "terms_not_accepted") {
      saveFlow({ pendingDownload: { ...file, terms: undefined } });
      openStep("terms");
    } else if (error.code === "not_signed_in") {
      forgetSession(error);
      // The answer was late, and somebody is logged in again.
      if (signedIn()) return withAccount(file, work);
      openAccountStep(file, "log-in", { loggedOut: true });
    } else throw error;
    return null;
  }
}

/**
 * @param {FileRequest} pendingDownload
 * @param {string} step
 * @param {{loggedOut?: boolean}} [more]
 */
function openAccountStep(pendingDownload, step, more = {}) {
  const flow = saveFlow({ pendingDownload, ...more });
  openStep(flow.id ? flowStep() : step);
}

/**
 * Opens a step of the account dialogs. All steps share one entry of the browser's history.
 *
 * @param {string} step
 */
function openStep(step) {
  if (document.querySelector("dialog[open]")) location.replace(`#${step}`);
  else location.hash = step;
}

/** @type {(file: FileRequest) => boolean} */
let resumeInList = () => false;

/**
 * Has the page's list of files resume pending downloads.
 *
 * @param {(file: FileRequest) => boolean} handler returns whether the file is in the list
 */
export function resumeOn(handler) {
  resumeInList = handler;
}

/**
 * Resumes a pending download in the list of files on this page; returns whether it is there.
 *
 * @param {FileRequest} file
 */
export const resume = (file) => resumeInList(file);

/** The format that was downloaded last; the next list puts it first. */
export const lastFormat = () => ofBrowser.read(FORMAT_KEY);

/** @param {string} format */
const rememberFormat = (format) => ofBrowser.write(FORMAT_KEY, format);
