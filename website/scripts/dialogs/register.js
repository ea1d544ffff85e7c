// @ts-check
// Step "register": address and password. The API's answer is the same for every address.

import { request } from "../api.js";
import { find } from "../dom.js";
import { openFlow, saveFlow } from "../flow.js";
import { t } from "../texts.js";
import { clearErrors, emailError, fieldsOf, focusError, runBusy, showError } from "./forms.js";
import { IdempotencyKey } from "./idempotency-key.js";
import { showPendingDownload } from "./pending-download.js";
import { passwordError, passwordPolicy, passwordRefusalText } from "./policy.js";

/** @typedef {import("./dialog.js").AccountDialog} AccountDialog */

/**
 * @param {HTMLElement} step
 * @param {AccountDialog} dialog
 */
export function mount(step, dialog) {
  const form = find(step, "form", HTMLFormElement);
  const { email, password } = fieldsOf(form, "email", "password");
  const key = new IdempotencyKey();
  email.value = dialog.email;
  email.addEventListener("input", () => (dialog.email = email.value));
  showPendingDownload(step);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearErrors(form);
    if (!(await isValid(form))) return;
    runBusy(
      find(form, "[type=submit]"),
      dialog,
      () => register(email.value.trim(), password.value, key, dialog),
      (refusal) => handleRefusal(refusal, form),
    );
  });
}

/**
 * Shows what is wrong with the fields; returns whether nothing is.
 *
 * @param {HTMLFormElement} form
 */
async function isValid(form) {
  const { email, password } = fieldsOf(form, "email", "password");
  const wrongEmail = emailError(email.value);
  const wrongPassword = passwordError(password.value, await passwordPolicy());
  if (wrongEmail) showError(email, wrongEmail);
  if (wrongPassword) showError(password, wrongPassword);
  focusError(form);
  return !wrongEmail && !wrongPassword;
}

/**
 * @param {string} email
 * @param {string} password
 * @param {IdempotencyKey} key
 * @param {AccountDialog} dialog
 */
async function register(email, password, key, dialog) {
  /** @type {Api.Registration} */
  const flow = await request("POST", "/registrations", {
    body: { email, password, language: document.documentElement.lang },
    idempotencyKey: key.for(JSON.stringify([email, password])),
  });
  dialog.email = email;
  dialog.latestFlow = { id: flow.registration_id, flow };
  saveFlow({
    kind: "registration",
    id: flow.registration_id,
    step: "verify",
    email,
    pendingDownload: openFlow()?.pendingDownload,
    page: location.pathname + location.search,
  });
  dialog.go("verify");
}

/**
 * @param {import("../api.js").Refusal} refusal
 * @param {HTMLFormElement} form
 */
async function handleRefusal({ code, problem }, form) {
  const { email, password } = fieldsOf(form, "email", "password");
  const policy = await passwordPolicy();
  if (code === "password_rejected") showError(password, passwordRefusalText(problem, policy));
  else if (code === "fields_rejected") {
    const fields = new Set((problem.errors ?? []).map(({ field }) => field));
    if (fields.has("email")) showError(email, t("field.email_wrong"));
    if (fields.has("password")) showError(password, passwordRefusalText(problem, policy));
  } else return false;
  focusError(form);
  return form.querySelector("[aria-invalid]") !== null;
}
