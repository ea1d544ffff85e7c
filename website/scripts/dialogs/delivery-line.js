// @ts-check
// Shows what became of the mail with a code: on its way, delivered, late, or not deliverable.

import { make } from "../dom.js";
import { dateText } from "../formatting.js";
import { t } from "../texts.js";
import { spaced, stepLink } from "./forms.js";

/** @typedef {import("./code-step.js").FlowView} FlowView */

const LOOK_EVERY = 5_000;
const LONGEST_WAIT = 60_000;

/**
 * How many milliseconds pass until the next look at a mail, or undefined if nothing more can be
 * learned. What arrived may still come back, so it is looked at while its code lives, less and less
 * often; so is what nobody waits for any more.
 *
 * @param {FlowView["delivery"]} delivery
 * @param {boolean} isCodeOver
 * @param {number} last how long the wait before was
 */
export function waitToLook(delivery, isCodeOver, last) {
  const isDelivered = delivery === "delivered";
  if (delivery === "bounced" || delivery === "withheld" || (isDelivered && isCodeOver)) return undefined;
  return isDelivered || isCodeOver ? Math.min(Math.max(last, LOOK_EVERY) * 2, LONGEST_WAIT) : LOOK_EVERY;
}

/**
 * Draws the line.
 *
 * @param {HTMLElement} line
 * @param {FlowView} flow
 * @param {string} startStep where another address can be given
 */
export function showDelivery(line, flow, startStep) {
  const { delivery = "pending", reference } = flow;
  const isFailed = delivery === "bounced" || delivery === "withheld";
  const isDelivered = delivery === "delivered";
  // A late mail is tried for as long as its code lives; any other line says when it was asked for.
  const requested = dateText(new Date(flow.requested_at), "zoned");
  const time = delivery === "delayed" ? dateText(new Date(flow.expires_at), "zoned") : requested;
  /** @type {(string | Node)[]} */
  const parts = [t(`verify.delivery.${delivery}`, { time })];
  if (isFailed) parts.push(stepLink(startStep, t("link.change")));
  else if (reference) parts.push(t("verify.reference", { reference }));
  const content = make("span", {}, ...spaced(...parts));
  // The same text again would take the focus from the link in it.
  if (line.textContent !== content.textContent) line.replaceChildren(content);
  line.classList.toggle("failed", isFailed);
  line.classList.toggle("arrived", isDelivered);
}
