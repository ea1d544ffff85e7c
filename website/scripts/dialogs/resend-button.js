// @ts-check
// Send new Code: waits as long as the server asks, sends, and says when a limit is reached.

import { request } from "../api.js";
import { find } from "../dom.js";
import { timeIn, waitText } from "../error-text.js";
import { t } from "../texts.js";
import { runBusy } from "./forms.js";
import { WaitButton } from "./wait-button.js";

/** A longer wait shows the time of day at which it ends, and no countdown. */
const LONGEST_COUNTDOWN = 600;

export class ResendButton {
  /** @param {import("./code-step.js").CodeStep} codeStep */
  constructor(codeStep) {
    this.codeStep = codeStep;
    this.waitButton = find(codeStep.step, "wait-button", WaitButton);
    this.limit = find(codeStep.step, ".limit");
    this.button = this.waitButton.button;
    this.button.addEventListener("click", () => this.press());
    this.waitButton.addEventListener("ready", () => this.ready());
  }

  get isWaiting() {
    return this.waitButton.isWaiting;
  }

  /** @param {number} seconds */
  wait(seconds) {
    this.waitButton.wait(seconds);
  }

  /**
   * Makes this the step's main button, or a link below the form again.
   *
   * @param {boolean} isMain
   */
  setMain(isMain) {
    this.button.className = isMain ? "button wide" : "quiet";
    find(this.codeStep.step, ".resend > span").hidden = isMain;
  }

  press() {
    const path = `${this.codeStep.path}/code`;
    const send = async () => this.codeStep.restart(await request("POST", path, { promises: "resend_in" }));
    runBusy(this.button, this.codeStep.dialog, send, (refusal) => this.handleRefusal(refusal));
  }

  ready() {
    this.codeStep.dialog.showStatus(t("verify.resend_ready"));
    this.limit.hidden = true;
    this.waitButton.hidden = false;
    // With the focus on the notice, nothing else can be done: the button is next.
    if (document.activeElement === find(this.codeStep.form, ".stopped")) this.button.focus();
  }

  /** @param {import("../api.js").Refusal} refusal */
  handleRefusal(refusal) {
    if (this.codeStep.hasLeft) return true;
    if (refusal.code !== "too_many_requests") return this.codeStep.showEnd(refusal);
    this.wait(refusal.retryIn);
    this.codeStep.dialog.showStatus("");
    if (refusal.retryIn > LONGEST_COUNTDOWN) {
      this.limit.textContent = refusal.problem.limit
        ? waitText(refusal)
        : t("verify.resend_limit", { time: timeIn(refusal.retryIn) });
      this.limit.hidden = false;
      this.waitButton.hidden = true;
      this.limit.focus();
    }
    return true;
  }
}
