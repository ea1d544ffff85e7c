// Says what went wrong in words that hold everywhere: silence, offline, faults, throttling.

import { NoResponse } from "./api.js";
import { dateText } from "./formatting.js";
import { t } from "./texts.js";

/** The clock time `seconds` from now, as people read it. */
export const timeIn = (seconds) => dateText(new Date(Date.now() + seconds * 1000), "zoned");

/** The sentence for an error that the caller has no own words for. */
export function errorText(error) {
  if (error instanceof NoResponse) return t(error.offline ? "wait.offline" : "wait.no_answer");
  if (error.code === "too_many_requests") {
    return t("wait.too_many", { time: timeIn(error.retryIn) });
  }
  if (error.code === "busy") return t("wait.busy");
  return error.reference
    ? t("wait.fault_reference", { reference: error.reference })
    : t("wait.fault");
}
