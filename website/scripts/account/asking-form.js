// @ts-check
// A form of the account page that a button opens and that asks for the password again.

import { clearErrors, fieldsOf, focusError, showError } from "../dialogs/forms.js";
import "../dialogs/password-field.js";
import { find } from "../dom.js";
import { timeIn } from "../error-text.js";
import { t } from "../texts.js";

/** @typedef {import("../account.js").AccountPage} AccountPage */
/** @typedef {import("../api.js").Refusal} Refusal */

export class AskingForm {
  /**
   * @param {HTMLElement} section with the button, in `[data-begin]`, and the form right after it
   * @param {AccountPage} page
   * @param {object} does
   * @param {() => boolean} does.check shows what is wrong in other fields; whether nothing is
   * @param {() => Promise<void>} does.send
   * @param {(refusal: Refusal) => boolean | Promise<boolean>} does.handle shows other refusals
   */
  constructor(section, page, does) {
    this.page = page;
    this.does = does;
    this.begin = find(section, "[data-begin]");
    this.form = find(section, "[data-begin] + form", HTMLFormElement);
    this.password = fieldsOf(this.form, "current_password").current_password;
    find(this.begin, "button").addEventListener("click", () => this.toggle(true));
    find(this.form, "[data-no]").addEventListener("click", () => this.toggle(false));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  /** @param {boolean} isOpen */
  toggle(isOpen) {
    this.page.showStatus("");
    clearErrors(this.form);
    this.form.hidden = !isOpen;
    this.begin.hidden = isOpen;
    // The question, if there is one: screen readers are to read it before the first field.
    if (isOpen) find(this.form, "p[tabindex], input:not(.unseen)").focus();
    else find(this.begin, "button").focus();
  }

  submit() {
    clearErrors(this.form);
    const isRight = this.does.check();
    if (!this.password.value) showError(this.password, t("field.password_empty"));
    if (!isRight || !this.password.value) {
      focusError(this.form);
      return;
    }
    this.page.run(find(this.form, "[type=submit]"), this.does.send, (refusal) => this.handle(refusal));
  }

  /** @param {Refusal} refusal */
  async handle(refusal) {
    if (refusal.code === "wrong_password") {
      showError(this.password, t("data.wrong_password"));
    } else if (refusal.problem.limit === "passwords") {
      showError(this.password, t("data.waits", { time: timeIn(refusal.retryIn) }));
    } else if (!(await this.does.handle(refusal))) {
      return false;
    }
    focusError(this.form);
    return true;
  }
}
