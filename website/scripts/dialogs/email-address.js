// @ts-check
// Decides what is wrong with a typed address, for slips of the keyboard and of copying; the API decides.

import { t } from "../texts.js";

/** Characters that nobody sees; chat programs and tables put them around what is copied. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/u;
const AT_THE_ENDS = new RegExp(`^(?:\\s|${INVISIBLE.source})+|(?:\\s|${INVISIBLE.source})+$`, "gu");

/**
 * A typed address without what is around it.
 *
 * @param {string} typed
 */
export const cleanAddress = (typed) => typed.replace(AT_THE_ENDS, "");

/**
 * What is wrong with a typed address, or null.
 *
 * @param {string} typed
 */
export function emailError(typed) {
  const address = cleanAddress(typed);
  if (!address) return t("field.email_empty");
  if (INVISIBLE.test(address)) return t("field.email_invisible");
  return /^[^@＠\s]+[@＠][^@＠\s]+$/u.test(address) ? null : t("field.email_wrong");
}

/**
 * Why the API refused an address in which nothing wrong was found here.
 *
 * @param {string} typed
 */
export const refusedAddressText = (typed) => emailError(typed) ?? t("field.email_wrong");
