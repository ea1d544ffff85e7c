// @ts-check
// Step "log-in"; afterwards the pending download starts.

import { request } from "../api.js";
import { announce, find } from "../dom.js";
import { resume, startDownload, withAccount } from "../downloads.js";
import { errorText, isGone, noCookiesText, timeIn } from "../error-text.js";
import { endFlowsOf, openFlow } from "../flow.js";
import { sessionBegan, signedIn } from "../session.js";
import { t } from "../texts.js";
import { cleanAddress } from "./email-address.js";
import { clearErrors, fieldsOf, focusError, runBusy, showError, spaced, stepLink } from "./forms.js";
import { showPendingDownload } from "./pending-download.js";

/** @typedef {import("./dialog.js").AccountDialog} AccountDialog */

/**
 * @param {HTMLElement} step
 * @param {AccountDialog} dialog
 */
export function mount(step, dialog) {
  const form = find(step, "form", HTMLFormElement);
  const { email, password } = fieldsOf(form, "email", "password");
  email.value = dialog.email;
  email.addEventListener("input", () => (dialog.email = email.value));
  showPendingDownload(step);
  if (openFlow()?.loggedOut) dialog.explain(t("account.logged_out"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    if (!email.value.trim()) showError(email, t("field.email_empty"));
    if (!password.value) showError(password, t("field.password_empty"));
    focusError(form);
    if (form.querySelector("[aria-invalid]")) return;
    runBusy(
      find(form, "[type=submit]"),
      dialog,
      () => logIn(form, dialog),
      (refusal) => handleRefusal(refusal, form),
    );
  });
  const isBusy = () => form.querySelector("[aria-disabled=true]") !== null;
  return {
    // Another tab may log in meanwhile.
    sessionChanged() {
      if (signedIn() && dialog.step === "log-in" && !isBusy()) dialog.close();
    },
  };
}

/**
 * @param {HTMLFormElement} form
 * @param {AccountDialog} dialog
 */
async function logIn(form, dialog) {
  const fields = fieldsOf(form, "email", "password", "keep");
  const email = cleanAddress(fields.email.value);
  const body = { email, password: fields.password.value, keep: fields.keep.checked };
  await request("POST", "/sessions", { body, promises: "account" });
  if (!sessionBegan()) {
    showError(fields.email, noCookiesText());
    focusError(form);
    return;
  }
  const pendingDownload = openFlow()?.pendingDownload;
  endFlowsOf(email);
  // A person who has closed the dialog meanwhile may have opened another step.
  if (form.isConnected) dialog.close();
  announce(t("account.logged_in"));
  if (!pendingDownload) return;
  try {
    if (pendingDownload.link && resume(pendingDownload)) return;
    if (await withAccount(pendingDownload, startDownload)) announce(t("download.started"));
  } catch (error) {
    announce(isGone(error) ? t("download.gone") : errorText(error));
  }
}

/**
 * @param {import("../api.js").Refusal} refusal
 * @param {HTMLFormElement} form
 */
function handleRefusal({ code, retryIn }, form) {
  const { email, password } = fieldsOf(form, "email", "password");
  const resetLink = stepLink("reset", t("link.reset"));
  if (code === "wrong_credentials" || code === "fields_rejected") {
    password.value = "";
    showError(email, ...spaced(t("log_in.fails"), resetLink, stepLink("register", t("link.register"))));
    password.setAttribute("aria-invalid", "true");
    password.setAttribute("aria-describedby", "email-error");
    password.focus();
    return true;
  }
  if (code === "too_many_requests") {
    showError(password, ...spaced(t("log_in.waits", { time: timeIn(retryIn) }), resetLink));
    focusError(form);
    return true;
  }
  return false;
}
