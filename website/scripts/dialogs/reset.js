// @ts-check
// Step "reset": the address. The API's answer is the same whether or not it has an account.

import { request } from "../api.js";
import { find, findAll } from "../dom.js";
import { openFlow, saveFlow } from "../flow.js";
import { fetchAccount, signedIn } from "../session.js";
import { cleanAddress, emailError, refusedAddressText } from "./email-address.js";
import { clearErrors, fieldsOf, focusError, runBusy, showError } from "./forms.js";
import { IdempotencyKey } from "./idempotency-key.js";

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
  for (const part of findAll(step, "[data-for=signed-out]")) part.hidden = signedIn();
  if (!email.value) fillIn(email);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    const error = emailError(email.value);
    if (error) {
      showError(email, error);
      focusError(form);
      return;
    }
    runBusy(
      find(form, "[type=submit]"),
      dialog,
      () => requestReset(form, key, dialog),
      (refusal) => handleRefusal(refusal, form),
    );
  });
}

/**
 * Fills in the account's own address when somebody is logged in.
 *
 * @param {HTMLInputElement} field
 */
async function fillIn(field) {
  const account = await fetchAccount().catch(() => null);
  if (account && !field.value) field.value = account.email;
}

/**
 * @param {HTMLFormElement} form
 * @param {IdempotencyKey} key
 * @param {AccountDialog} dialog
 */
async function requestReset(form, key, dialog) {
  const email = cleanAddress(fieldsOf(form, "email").email.value);
  /** @type {Api.Reset} */
  const flow = await request("POST", "/password-resets", {
    body: { email },
    idempotencyKey: key.for(email),
    promises: "reset_id",
  });
  dialog.email = email;
  dialog.latestFlow = { id: flow.reset_id, flow };
  saveFlow({
    kind: "reset",
    id: flow.reset_id,
    step: "reset-code",
    email,
    pendingDownload: openFlow()?.pendingDownload,
    page: location.pathname + location.search,
  });
  if (form.isConnected) dialog.go("reset-code");
}

/**
 * @param {import("../api.js").Refusal} refusal
 * @param {HTMLFormElement} form
 */
function handleRefusal({ code }, form) {
  if (code !== "fields_rejected") return false;
  const { email } = fieldsOf(form, "email");
  showError(email, refusedAddressText(email.value));
  focusError(form);
  return true;
}
