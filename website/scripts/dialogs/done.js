// Step "done": the account exists; the wanted file with its terms of use, and the newsletter.

import { announce } from "../dom.js";
import { startDownload, withAccount } from "../downloads.js";
import { openFlow } from "../flow.js";
import { signedIn } from "../session.js";
import { t } from "../texts.js";
import { clearErrors, focusError, runBusy, showError } from "./forms.js";
import "./newsletter-choice.js";
import { termsInForce } from "./terms.js";

export function mount(step, dialog) {
  step.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  step.querySelector("newsletter-choice").load();
  const pendingDownload = openFlow()?.pendingDownload;
  if (pendingDownload) offerDownload(step, dialog, pendingDownload);
  return {
    sessionChanged: () => signedIn() || dialog.go("log-in", { why: t("account.logged_out") }),
  };
}

function offerDownload(step, dialog, pendingDownload) {
  const form = step.querySelector("form");
  const { accepted } = form.elements;
  const button = form.querySelector("[type=submit]");
  form.hidden = false;
  button.textContent = t("download.button", { label: pendingDownload.label });
  const startPendingDownload = async () => {
    const { version } = await termsInForce();
    if (!(await withAccount({ ...pendingDownload, terms: version }, startDownload))) return;
    form.querySelector(".field").hidden = true;
    dialog.showStatus(t("download.started"));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    if (accepted.checked) {
      runBusy(button, dialog, startPendingDownload, (error) => refused(error, dialog));
      return;
    }
    showError(accepted, t("terms.first"));
    focusError(form);
  });
}

function refused(error, dialog) {
  if (error.code !== "not_available" && error.code !== "withdrawn") return false;
  dialog.close();
  announce(t("download.gone"));
  return true;
}
