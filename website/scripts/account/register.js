// Step "register": address and password; the answer is the same for every address.

import { ask } from "../api.js";
import { keepFlow, openFlow } from "../flow.js";
import { say } from "../words.js";
import { clearErrors, focusError, runBusy, showError } from "./forms.js";
import { checkPassword, passwordPolicy } from "./policy.js";
import { showWanted } from "./wanted.js";

export function mount(step, dialog) {
  const form = step.querySelector("form");
  const { email, password } = form.elements;
  const start = { key: crypto.randomUUID(), for: "" };
  email.value = dialog.email;
  email.addEventListener("input", () => (dialog.email = email.value));
  showWanted(step);
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
  if (!email.value.trim()) showError(email, say("field.email_empty"));
  else if (!/^[^@＠\s]+[@＠][^@＠\s]+$/u.test(email.value.trim())) {
    showError(email, say("field.email_wrong"));
  }
  const policy = await passwordPolicy();
  const { rules, enough } = checkPassword(password.value, policy);
  if (!password.value) showError(password, say("field.password_new"));
  else if (!enough && rules.some(([, met]) => !met)) {
    showError(password, say("password.breaks_rules", { minimum: policy.minimum_length }));
  }
  focusError(form);
  return !form.querySelector("[aria-invalid]");
}

async function register(email, password, start, dialog) {
  // The same words keep their key, so that [Try again] after silence is the same start.
  const content = JSON.stringify([email, password]);
  if (start.for && start.for !== content) start.key = crypto.randomUUID();
  start.for = content;
  const flow = await ask("POST", "/registrations", {
    body: { email, password, language: document.documentElement.lang },
    idempotencyKey: start.key,
  });
  const wanted = openFlow()?.wanted;
  keepFlow({ kind: "registration", id: flow.registration_id, email, wanted, page: location.pathname });
  dialog.latest = flow;
  dialog.go("verify");
}

async function refused(error, form) {
  const { email, password } = form.elements;
  const policy = await passwordPolicy();
  if (error.code === "password_rejected") showError(password, passwordText(error.problem, policy));
  else if (error.code === "fields_rejected") {
    const fields = new Set((error.problem.errors ?? []).map((entry) => entry.field));
    if (fields.has("email")) showError(email, say("field.email_wrong"));
    if (fields.has("password")) showError(password, passwordText(error.problem, policy));
  } else return false;
  focusError(form);
  return Boolean(form.querySelector("[aria-invalid]"));
}

function passwordText(problem, policy) {
  const rules = new Set((problem.errors ?? []).map((entry) => entry.code));
  if (rules.has("common")) return say("password.too_common");
  if (rules.has("context")) return say("password.context");
  if (rules.has("too_long")) return say("password.too_long", { maximum: policy.maximum_length });
  return say("password.breaks_rules", { minimum: policy.minimum_length });
}
