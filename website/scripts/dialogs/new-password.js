// @ts-check
// Step "new-password": sets the password with the right that the code gave. Nobody is logged in by it.

import { command, Refusal, request } from "../api.js";
import { announce, find } from "../dom.js";
import { changeFlow, claimFlow, dropProof, endFlow, flowOf, proofOf } from "../flow.js";
import { fetchAccount } from "../session.js";
import { t } from "../texts.js";
import { clearErrors, fieldsOf, focusError, runBusy, showError } from "./forms.js";
import { FALLBACK, knownPolicy, passwordError, passwordPolicy, passwordRefusalText } from "./policy.js";

/**
 * @param {HTMLElement} step
 * @param {import("./dialog.js").AccountDialog} dialog
 */
export const mount = (step, dialog) => new NewPassword(step, dialog);

class NewPassword {
  isFinishing = false;

  /**
   * @param {HTMLElement} step
   * @param {import("./dialog.js").AccountDialog} dialog
   */
  constructor(step, dialog) {
    this.dialog = dialog;
    this.form = find(step, "form", HTMLFormElement);
    this.fields = fieldsOf(this.form, "username", "password");
    const flow = claimFlow();
    this.key = flow?.key ?? "";
    this.id = flow?.id ?? "";
    this.fields.username.value = flow?.email ?? "";
    showRule(find(step, ".rule"));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  submit() {
    const { password } = this.fields;
    clearErrors(this.form);
    const error = passwordError(password.value, knownPolicy());
    if (error) {
      showError(password, error);
      focusError(this.form);
      return;
    }
    runBusy(
      find(this.form, "[type=submit]"),
      this.dialog,
      () => this.save(password.value),
      (refusal) => this.handleRefusal(refusal),
    );
  }

  /** @param {string} password */
  async save(password) {
    await command("POST", `/password-resets/${encodeURIComponent(this.id)}/complete`, {
      body: { reset_token: proofOf(this.id), new_password: password },
    });
    await this.finish();
  }

  async finish() {
    this.isFinishing = true;
    dropProof(this.id);
    changeFlow(this.key, { id: null, step: "updated" });
    // The server has ended every session of the account. This browser's may be another account's:
    // the code that asks for it learns that, and forgets it if it has ended.
    await fetchAccount().catch(() => null);
    if (this.form.isConnected) this.dialog.go("updated");
    else {
      endFlow(this.key);
      announce(t("reset.done"));
    }
  }

  /** @param {Refusal} refusal */
  async handleRefusal({ code, problem }) {
    if (code === "password_rejected" || code === "fields_rejected") {
      showError(this.fields.password, passwordRefusalText(problem, await passwordPolicy()));
      focusError(this.form);
      return true;
    }
    if (code !== "flow_over") return false;
    // The right has been used, has expired or was replaced. It has also been used when the password
    // was set and only the response got lost.
    if ((await resetState(this.id)) === "finished") {
      await this.finish();
      return true;
    }
    dropProof(this.id);
    // A dialog that was closed meanwhile stays closed; the banner leads to the code.
    if (this.form.isConnected) this.dialog.go("reset-code", { why: t("reset.too_late") });
    return true;
  }

  /** Follows what another tab did with the flow. */
  flowChanged() {
    const flow = flowOf(this.key);
    if (this.isFinishing || flow?.id === this.id) return;
    if (flow?.step === "updated") announce(t("reset.finished_elsewhere"));
    this.dialog.close();
  }
}

/**
 * Shows the password rule: at once, so that nothing moves later, and again when the policy arrives.
 *
 * @param {HTMLElement} line
 */
async function showRule(line) {
  line.textContent = t("password.breaks_rules", { minimum: FALLBACK.minimum_length });
  const { minimum_length: minimum } = await passwordPolicy();
  line.textContent = t("password.breaks_rules", { minimum });
}

/**
 * The state of a reset; "over" when the server does not know it any more.
 *
 * @param {string} id
 */
async function resetState(id) {
  try {
    const path = `/password-resets/${encodeURIComponent(id)}`;
    /** @type {Api.ResetStatus} */
    const { state } = await request("GET", path, { promises: "state" });
    return state;
  } catch (error) {
    if (error instanceof Refusal) return "over";
    throw error;
  }
}
