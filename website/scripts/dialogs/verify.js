// @ts-check
// Step "verify": the mailed code opens the account.

import { make } from "../dom.js";
import { saveFlow } from "../flow.js";
import { sessionBegan, signedIn } from "../session.js";
import { t } from "../texts.js";
import { CodeStep } from "./code-step.js";
import { stepLink } from "./forms.js";

/** @type {import("./code-step.js").CodeFlow} */
const REGISTRATION = {
  route: "/registrations",
  check: "confirm",
  start: "register",
  startsSession: true,
  proved({ dialog }) {
    saveFlow({ id: null, step: "done" });
    sessionBegan();
    dialog.go("done");
  },
  finished(step) {
    step.end(t("verify.finished"), stepLink("log-in", t("link.log_in")));
    step.form.prepend(make("p", {}, t("verify.finished_text")));
    step.form.append(stepLink("reset", t("link.reset")));
  },
  sessionChanged(dialog) {
    if (signedIn()) dialog.close();
  },
};

/**
 * @param {HTMLElement} step
 * @param {import("./dialog.js").AccountDialog} dialog
 */
export const mount = (step, dialog) => new CodeStep(step, dialog, REGISTRATION);
