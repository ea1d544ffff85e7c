// Step "new-password": sets it with the right that the code gave; nobody is signed in by it.

import { request, Refusal } from "../api.js";
import { announce } from "../dom.js";
import { dropProof, flowStep, saveFlow, openFlow, proofOf } from "../flow.js";
import { forgetSession, signedIn } from "../session.js";
import { t } from "../texts.js";
import { clearErrors, focusError, runBusy, showError } from "./forms.js";
import { FALLBACK, passwordError, passwordPolicy, passwordText } from "./policy.js";

export function mount(step, dialog) {
  const form = step.querySelector("form");
  const { username, password } = form.elements;
  const { id, email } = openFlow();
  username.value = email;
  showRule(step);
  let finishing = false;
  const finish = () => {
    finishing = true;
    dropProof();
    saveFlow({ id: null, step: "updated" });
    // Every session of the account has ended, this browser's too.
    if (signedIn()) forgetSession();
    dialog.go("updated");
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearErrors(form);
    const wrong = passwordError(password.value, await passwordPolicy());
    if (wrong) {
      showError(password, wrong);
      focusError(form);
      return;
    }
    runBusy(
      form.querySelector("[type=submit]"),
      dialog,
      async () => {
        await save(id, password.value);
        finish();
      },
      (error) => refused(error, { form, id, dialog, finish }),
    );
  });
  return { flowChanged: () => finishing || followOtherTab(id, dialog) };
}

/** Shows the rule at once, so that nothing shifts, and by the policy as soon as that is there. */
async function showRule(step) {
  const rule = step.querySelector(".rule");
  const show = ({ minimum_length: minimum }) =>
    (rule.textContent = t("password.breaks_rules", { minimum }));
  show(FALLBACK);
  show(await passwordPolicy());
}

const save = (id, password) =>
  request("POST", `/password-resets/${encodeURIComponent(id)}/complete`, {
    body: { reset_token: proofOf(id), new_password: password },
  });

async function refused(error, { form, id, dialog, finish }) {
  if (error.code === "password_rejected" || error.code === "fields_rejected") {
    showError(form.elements.password, passwordText(error.problem, await passwordPolicy()));
    focusError(form);
    return true;
  }
  if (error.code !== "flow_over") return false;
  // The right is used up, too old, or overtaken. An answer that got lost looks like that too.
  if ((await resetState(id)) === "finished") {
    finish();
    return true;
  }
  dropProof();
  dialog.go("reset-code", { why: t("reset.too_late") });
  return true;
}

async function resetState(id) {
  try {
    return (await request("GET", `/password-resets/${encodeURIComponent(id)}`)).state;
  } catch (error) {
    if (error instanceof Refusal) return "over";
    throw error;
  }
}

function followOtherTab(id, dialog) {
  const flow = openFlow();
  if (flow?.id === id) return;
  if (flow?.id) dialog.go(flowStep());
  else {
    if (flow?.step === "updated") announce(t("reset.finished_elsewhere"));
    dialog.close();
  }
}
