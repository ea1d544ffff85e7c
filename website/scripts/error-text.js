// @ts-check
// Puts an error into words that fit every page: no response, offline, a fault, too many requests.

import { NoResponse, Refusal, serverTime } from "./api.js";
import { dateText } from "./formatting.js";
import { t } from "./texts.js";

/**
 * The time of day in `seconds` from now, such as 02:04 CET.
 *
 * @param {number} seconds
 */
export const timeIn = (seconds) => dateText(new Date(serverTime() + seconds * 1000), "zoned");

/**
 * The sentence for an error for which the caller has no words of its own.
 *
 * @param {unknown} error
 */
export function errorText(error) {
  if (error instanceof NoResponse) return t(error.offline ? "wait.offline" : "wait.no_answer");
  if (!(error instanceof Refusal)) return t("wait.fault");
  if (error.code === "too_many_requests") return waitText(error);
  if (error.code === "busy") return t("wait.busy");
  return error.reference
    ? t("wait.fault_reference", { reference: error.reference })
    : t("wait.fault");
}

/** Why nobody is logged in although the API opened a session, and the way out. */
export const noCookiesText = () =>
  t(location.protocol === "https:" ? "log_in.no_cookies" : "log_in.no_cookies_local");

/**
 * Until when no more requests are taken, and what helps before: of mails, a mail to us.
 *
 * @param {Refusal} refusal
 */
export function waitText({ problem, retryIn }) {
  const time = timeIn(retryIn);
  if (problem.limit === "changes") return t("wait.changes", { time });
  if (!problem.limit?.startsWith("mails")) return t("wait.too_many", { time });
  return problem.write_to
    ? t("wait.mails_or_write", { time, address: problem.write_to })
    : t("wait.mails", { time });
}

/**
 * Whether a file cannot be downloaded any more.
 *
 * @param {unknown} error
 */
export const isGone = (error) =>
  error instanceof Refusal && (error.code === "not_available" || error.code === "withdrawn");
