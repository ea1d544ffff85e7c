// Step "reset-code": the mailed code gives the right to set a new password for ten minutes.

import { saveFlow, saveProof } from "../flow.js";
import { t } from "../texts.js";
import { CodeStep } from "./code-step.js";

const RESET = {
  route: "/password-resets",
  check: "verify",
  start: "reset",
  proved(dialog, id, answer) {
    saveProof(id, answer.reset_token);
    dialog.go("new-password");
  },
  finished({ dialog }) {
    // Only this browser knows the flow: the password was set here, whatever became of the answer.
    saveFlow({ id: null, step: "updated" });
    dialog.go("updated");
  },
};

export const template = "step-verify";

export function mount(step, dialog) {
  const label = step.querySelector(".label");
  label.textContent = t("link.reset");
  label.hidden = false;
  return new CodeStep(step, dialog, RESET);
}
