// Step "log in"; afterwards the file that was asked for starts by itself.

import { request } from "../api.js";
import { announce } from "../dom.js";
import { resume, startDownload, withAccount } from "../downloads.js";
import { endFlow, openFlow } from "../flow.js";
import { sessionBegan, signedIn } from "../session.js";
import { timeIn, errorText } from "../error-text.js";
import { t } from "../texts.js";
import { clearErrors, focusError, spaced, runBusy, showError, stepLink } from "./forms.js";
import { showPendingDownload } from "./pending-download.js";

export function mount(step, dialog) {
  const form = step.querySelector("form");
  const { email, password, keep } = form.elements;
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
      form.querySelector("[type=submit]"),
      dialog,
      () => logIn({ email: email.value.trim(), password: password.value, keep: keep.checked }, dialog),
      (error) => refused(error, form),
    );
  });
  return { sessionChanged: () => signedIn() && dialog.step === "log-in" && !busy(form) && dialog.close() };
}

const busy = (form) => Boolean(form.querySelector("[aria-disabled=true]"));

async function logIn(credentials, dialog) {
  await request("POST", "/sessions", { body: credentials });
  const pendingDownload = openFlow()?.pendingDownload;
  endFlow();
  sessionBegan();
  dialog.close();
  announce(t("account.logged_in"));
  if (!pendingDownload) return;
  try {
    if (pendingDownload.link && resume(pendingDownload)) return;
    if (await withAccount(pendingDownload, startDownload)) announce(t("download.started"));
  } catch (error) {
    announce(error.code === "not_available" ? t("download.gone") : errorText(error));
  }
}

function refused(error, form) {
  const { email, password } = form.elements;
  const reset = stepLink("reset", t("link.reset"));
  if (error.code === "wrong_credentials" || error.code === "fields_rejected") {
    // A wrong password is not kept; the address is.
    password.value = "";
    const words = spaced(t("log_in.fails"), reset, stepLink("register", t("link.register")));
    showError(email, ...words);
    password.setAttribute("aria-invalid", "true");
    password.setAttribute("aria-describedby", "email-error");
    password.focus();
    return true;
  }
  if (error.code === "too_many_requests") {
    const words = t("log_in.waits", { time: timeIn(error.retryIn) });
    showError(password, ...spaced(words, reset));
    focusError(form);
    return true;
  }
  return false;
}
