// Step "reset": asks for the address; the answer is the same whether or not it has an account.

import { request } from "../api.js";
import { saveFlow, openFlow } from "../flow.js";
import { fetchAccount, signedIn } from "../session.js";
import { t } from "../texts.js";
import { clearErrors, emailError, focusError, runBusy, showError } from "./forms.js";

export function mount(step, dialog) {
  const form = step.querySelector("form");
  const { email } = form.elements;
  const start = { key: crypto.randomUUID(), for: "" };
  email.value = dialog.email;
  email.addEventListener("input", () => (dialog.email = email.value));
  for (const part of step.querySelectorAll("[data-for=signed-out]")) part.hidden = signedIn();
  if (!email.value) fillIn(email);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    const wrong = emailError(email.value);
    if (wrong) {
      showError(email, wrong);
      focusError(form);
      return;
    }
    runBusy(
      form.querySelector("[type=submit]"),
      dialog,
      () => send(email.value.trim(), start, dialog),
      (error) => refused(error, form),
    );
  });
}

/** Whoever is signed in need not type the address. */
async function fillIn(field) {
  const known = await fetchAccount().catch(() => null);
  if (known && !field.value) field.value = known.email;
}

async function send(email, start, dialog) {
  // The same address keeps its key, so that [Try again] after silence is the same start.
  if (start.for && start.for !== email) start.key = crypto.randomUUID();
  start.for = email;
  const flow = await request("POST", "/password-resets", { body: { email }, idempotencyKey: start.key });
  dialog.email = email;
  dialog.latest = { for: flow.reset_id, flow };
  saveFlow({
    kind: "reset",
    id: flow.reset_id,
    step: "reset-code",
    email,
    pendingDownload: openFlow()?.pendingDownload,
    page: location.pathname + location.search,
  });
  dialog.go("reset-code");
}

function refused(error, form) {
  if (error.code !== "fields_rejected") return false;
  showError(form.elements.email, t("field.email_wrong"));
  focusError(form);
  return true;
}
