// @ts-check
// Step "reset-code": the mailed code gives the right to set a new password for ten minutes.

import { find } from "../dom.js";
import { changeFlow, saveProof } from "../flow.js";
import { t } from "../texts.js";
import { CodeStep } from "./code-step.js";

/** @type {import("./code-step.js").CodeFlow} */
const RESET = {
  route: "/password-resets",
  check: "verify",
  start: "reset",
  startsSession: false,
  promises: "reset_token",
  proved({ dialog, hasLeft, id }, answer) {
    if (answer) saveProof(id, answer.reset_token);
    if (!hasLeft) dialog.go("new-password");
  },
  finished({ dialog, key }) {
    // No other browser knows this flow: the password was set here, and the response got lost.
    changeFlow(key, { id: null, step: "updated" });
    dialog.go("updated");
  },
};

/** This step shows the template of "verify". */
export const template = "step-verify";

/**
 * @param {HTMLElement} step
 * @param {import("./dialog.js").AccountDialog} dialog
 */
export function mount(step, dialog) {
  const label = find(step, ".label");
  label.textContent = t("link.reset");
  label.hidden = false;
  return new CodeStep(step, dialog, RESET);
}
