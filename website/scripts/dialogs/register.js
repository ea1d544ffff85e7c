// @ts-check
// Step "register": address and password. The API's answer is the same for every address.

import { request } from "../api.js";
import { find } from "../dom.js";
import { openFlow, saveFlow } from "../flow.js";
import { cleanAddress, emailError, refusedAddressText } from "./email-address.js";
import { clearErrors, fieldsOf, focusError, runBusy, showError } from "./forms.js";
import { IdempotencyKey } from "./idempotency-key.js";
import { showPendingDownload } from "./pending-download.js";
import { knownPolicy, passwordError, passwordPolicy, passwordRefusalText } from "./policy.js";

/** @typedef {import("./dialog.js").AccountDialog} AccountDialog */

/**
 * @param {HTMLElement} step
 * @param {AccountDialog} dialog
 */
export function mount(step, dialog) {
  const form = find(step, "form", HTMLFormElement);
  const { email } = fieldsOf(form, "email");
  const key = new IdempotencyKey();
  email.value = dialog.email;
  email.addEventListener("input", () => (dialog.email = email.value));
  showPendingDownload(step);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    if (!isValid(form)) return;
    runBusy(
      find(form, "[type=submit]"),
      dialog,
      () => register(form, key, dialog),
      (refusal) => handleRefusal(refusal, form),
    );
  });
}

/**
 * Shows what is wrong with the fields; returns whether nothing is.
 *
 * @param {HTMLFormElement} form
 */
function isValid(form) {
  const { email, password } = fieldsOf(form, "email", "password");
  const wrongEmail = emailError(email.value);
  const wrongPassword = passwordError(password.value, knownPolicy());
  if (wrongEmail) showError(email, wrongEmail);
  if (wrongPassword) showError(password, wrongPassword);
  focusError(form);
  return !wrongEmail && !wrongPassword;
}

/**
 * @param {HTMLFormElement} form
 * @param {IdempotencyKey} key
 * @param {AccountDialog} dialog
 */
async function register(form, key, dialog) {
  const fields = fieldsOf(form, "email", "password");
  const email = cleanAddress(fields.email.value);
  const password = fields.password.value;
  /** @type {Api.Registration} */
  const flow = await request("POST", "/registrations", {
    promises: "registration_id",
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
  // A person who has closed the dialog meanwhile finds the way to the code in the banner.
  if (form.isConnected) dialog.go("verify");
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
    if (fields.has("email")) showError(email, refusedAddressText(email.value));
    if (fields.has("password")) showError(password, passwordRefusalText(problem, policy));
  } else return false;
  focusError(form);
  return form.querySelector("[aria-invalid]") !== null;
}
