// @ts-check
// Step "done": the account exists. Offers the pending download with the terms, and the newsletter.

import { announce, find } from "../dom.js";
import { startDownload, withAccount } from "../downloads.js";
import { isGone } from "../error-text.js";
import { openFlow } from "../flow.js";
import { signedIn } from "../session.js";
import { t } from "../texts.js";
import { clearErrors, fieldsOf, focusError, runBusy, showError } from "./forms.js";
import { NewsletterChoice } from "./newsletter-choice.js";
import { termsInForce } from "./terms.js";

/** @typedef {import("./dialog.js").AccountDialog} AccountDialog */

/**
 * @param {HTMLElement} step
 * @param {AccountDialog} dialog
 */
export function mount(step, dialog) {
  find(step, "[data-close]").addEventListener("click", () => dialog.close());
  find(step, "newsletter-choice", NewsletterChoice).load();
  const pendingDownload = openFlow()?.pendingDownload;
  if (pendingDownload) offerDownload(step, dialog, pendingDownload);
  return {
    sessionChanged() {
      if (!signedIn()) dialog.go("log-in", { why: t("account.logged_out") });
    },
  };
}

/**
 * @param {HTMLElement} step
 * @param {AccountDialog} dialog
 * @param {import("../downloads.js").FileRequest} file
 */
function offerDownload(step, dialog, file) {
  const form = find(step, "form", HTMLFormElement);
  const { accepted } = fieldsOf(form, "accepted");
  const button = find(form, "[type=submit]");
  form.hidden = false;
  button.textContent = t("download.button", { label: file.label });
  const download = async () => {
    const { version: terms } = await termsInForce();
    if (!(await withAccount({ ...file, terms }, startDownload))) return;
    find(form, ".field").hidden = true;
    if (form.isConnected) dialog.showStatus(t("download.started"));
    else announce(t("download.started"));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    if (accepted.checked) {
      runBusy(button, dialog, download, (refusal) => handleRefusal(refusal, form, dialog));
      return;
    }
    showError(accepted, t("terms.first"));
    focusError(form);
  });
}

/**
 * @param {import("../api.js").Refusal} refusal
 * @param {HTMLFormElement} form
 * @param {AccountDialog} dialog
 */
function handleRefusal(refusal, form, dialog) {
  if (!isGone(refusal)) return false;
  if (form.isConnected) dialog.close();
  announce(t("download.gone"));
  return true;
}
