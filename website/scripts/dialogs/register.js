// Step "register": address and password; the answer is the same for every address.

import { request } from "../api.js";
import { saveFlow, openFlow } from "../flow.js";
import { t } from "../texts.js";
import { clearErrors, emailError, focusError, runBusy, showError } from "./forms.js";
import { passwordError, passwordPolicy, passwordText } from "./policy.js";
import { showPendingDownload } from "./pending-download.js";

export function mount(step, dialog) {
  const form = step.querySelector("form");
  const { email, password } = form.elements;
  const start = { key: crypto.randomUUID(), for: "" };
  email.value = dialog.email;
  email.addEventListener("input", () => (dialog.email = email.value));
  showPendingDownload(step);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearErrors(form);
    if (!(await checked(form))) return;
    runBusy(
      form.querySelector("[type=submit]"),
      dialog,
      () => register(email.value.trim(), password.value, start, dialog),
      (error) => refused(error, form),
    );
  });
}

async function checked(form) {
  const { email, password } = form.elements;
  const wrong = [
    [email, emailError(email.value)],
    [password, passwordError(password.value, await passwordPolicy())],
  ].filter(([, words]) => words);
  for (const [field, words] of wrong) showError(field, words);
  focusError(form);
  return !wrong.length;
}

async function register(email, password, start, dialog) {
  // The same words keep their key, so that [Try again] after silence is the same start.
  const content = JSON.stringify([email, password]);
  if (start.for && start.for !== content) start.key = crypto.randomUUID();
  start.for = content;
  const flow = await request("POST", "/registrations", {
    body: { email, password, language: document.documentElement.lang },
    idempotencyKey: start.key,
  });
  const pendingDownload = openFlow()?.pendingDownload;
  const page = location.pathname + location.search;
  dialog.email = email;
  dialog.latest = { for: flow.registration_id, flow };
  saveFlow({ kind: "registration", id: flow.registration_id, step: "verify", email, pendingDownload, page });
  dialog.go("verify");
}

async function refused(error, form) {
  const { email, password } = form.elements;
  const policy = await passwordPolicy();
  if (error.code === "password_rejected") showError(password, passwordText(error.problem, policy));
  else if (error.code === "fields_rejected") {
    const fields = new Set((error.problem.errors ?? []).map((entry) => entry.field));
    if (fields.has("email")) showError(email, t("field.email_wrong"));
    if (fields.has("password")) showError(password, passwordText(error.problem, policy));
  } else return false;
  focusError(form);
  return Boolean(form.querySelector("[aria-invalid]"));
}
