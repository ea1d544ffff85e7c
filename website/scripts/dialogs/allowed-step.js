// @ts-check
// Decides which step of the dialogs to show: none is skipped, and none is shown without content.
// Every page needs this before it loads the dialogs themselves.

import { flowStep, openFlow } from "../flow.js";
import { signedIn } from "../session.js";

/** @typedef {import("../flow.js").Flow} Flow */

/** @param {Flow | null} flow */
const verify = (flow) => {
  if (flow?.id) return flowStep();
  return signedIn() ? null : "register";
};

/** @param {Flow | null} flow */
const continueReset = (flow) => (flow?.id ? flowStep() : "reset");

/** @param {Flow | null} flow */
const terms = (flow) => {
  if (!flow?.pendingDownload) return null;
  return signedIn() ? "terms" : "log-in";
};

/** @type {[string, (flow: Flow | null) => string | null][]} */
const RULES = [
  ["register", () => (signedIn() ? null : "register")],
  ["verify", verify],
  ["done", (flow) => (signedIn() && flow?.step === "done" ? "done" : null)],
  ["log-in", () => (signedIn() ? null : "log-in")],
  ["reset", () => "reset"],
  ["reset-code", continueReset],
  ["new-password", continueReset],
  ["updated", (flow) => (flow?.step === "updated" ? "updated" : null)],
  ["terms", terms],
];
const RULE_OF = new Map(RULES);

/**
 * Whether a fragment of the address names a step.
 *
 * @param {string} name
 */
export const isStep = (name) => RULE_OF.has(name);

/**
 * The step to show when `step` is asked for: that one, one that has to come first, or null for none.
 *
 * @param {string} step
 */
export const allowedStep = (step) => RULE_OF.get(step)?.(openFlow()) ?? null;
