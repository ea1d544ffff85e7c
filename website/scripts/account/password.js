// @ts-check
// The new password of somebody who knows the old one; every other browser is logged out by it.

import { command } from "../api.js";
import { fieldsOf, showError } from "../dialogs/forms.js";
import { knownPolicy, passwordError, passwordPolicy, passwordRefusalText } from "../dialogs/policy.js";
import { find } from "../dom.js";
import { sessionBegan } from "../session.js";
import { t } from "../texts.js";
import { AskingForm } from "./asking-form.js";

/** @typedef {import("../account.js").AccountPage} AccountPage */

/**
 * @param {HTMLElement} section
 * @param {AccountPage} page
 * @param {Api.Account} account
 */
export function showPasswordForm(section, page, account) {
  const form = find(section, "form", HTMLFormElement);
  const fields = fieldsOf(form, "username", "current_password", "new_password");
  fields.username.value = account.email;
  new AskingForm(section, page, {
    check() {
      const error = passwordError(fields.new_password.value, knownPolicy());
      if (error) showError(fields.new_password, error);
      return !error;
    },
    async send() {
      const { current_password: current, new_password: chosen } = fields;
      const body = { current_password: current.value, new_password: chosen.value };
      await command("PUT", "/account/password", { body });
      // The page is drawn again, with the one browser that is left.
      sessionBegan();
      page.showStatus(t("password.changed"));
    },
    async handle({ code, problem }) {
      if (code !== "password_rejected" && code !== "fields_rejected") return false;
      showError(fields.new_password, passwordRefusalText(problem, await passwordPolicy()));
      return true;
    },
  });
}
