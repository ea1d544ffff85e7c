// @ts-check
// Step "verify": the mailed code opens the account.

import { announce, make } from "../dom.js";
import { noCookiesText } from "../error-text.js";
import { changeFlow, endFlow } from "../flow.js";
import { sessionBegan } from "../session.js";
import { t } from "../texts.js";
import { CodeStep } from "./code-step.js";
import { stepLink } from "./forms.js";

/** @type {import("./code-step.js").CodeFlow} */
const REGISTRATION = {
  route: "/registrations",
  check: "confirm",
  start: "register",
  startsSession: true,
  promises: "account",
  proved(step) {
    const { dialog } = step;
    if (!sessionBegan()) {
      if (step.hasLeft) return;
      step.end(t("verify.no_cookies"), stepLink("log-in", t("link.log_in")));
      step.form.prepend(make("p", {}, noCookiesText()));
      return;
    }
    changeFlow(step.key, { id: null, step: "done" });
    if (!step.hasLeft) dialog.go("done");
    else {
      endFlow(step.key);
      announce(t("verify.done"));
    }
  },
  finished(step) {
    step.end(t("verify.finished"), stepLink("log-in", t("link.log_in")));
    step.form.prepend(make("p", {}, t("verify.finished_text")));
    step.form.append(stepLink("reset", t("link.reset")));
  },
};

/**
 * @param {HTMLElement} step
 * @param {import("./dialog.js").AccountDialog} dialog
 */
export const mount = (step, dialog) => new CodeStep(step, dialog, REGISTRATION);
