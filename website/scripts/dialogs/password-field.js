// @ts-check
// <password-field>: Show and Hide for a password; for a new one also the list of rules.

import { find, make } from "../dom.js";
import { t } from "../texts.js";
import { checkPassword, FALLBACK, passwordPolicy, ruleText } from "./policy.js";

/** @typedef {import("./policy.js").PasswordPolicy} PasswordPolicy */

// A screen reader reads what is missing only after typing has paused this many milliseconds.
const PAUSE = 1200;

class PasswordField extends HTMLElement {
  input = find(this, "input", HTMLInputElement);
  button = find(this, "button");
  spoken = make("span", { className: "unseen", role: "status" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  pauseTimer;

  connectedCallback() {
    this.append(this.spoken);
    this.button.addEventListener("click", () => this.toggle(this.input.type === "password"));
    this.closest("form")?.addEventListener("submit", () => this.hide());
    if (this.input.autocomplete === "new-password") this.showRules();
  }

  disconnectedCallback() {
    clearTimeout(this.pauseTimer);
  }

  /** @param {boolean} isVisible */
  toggle(isVisible) {
    this.input.type = isVisible ? "text" : "password";
    this.button.textContent = t(isVisible ? "password.hide" : "password.show");
    this.spoken.textContent = t(isVisible ? "password.shown" : "password.hidden");
  }

  /** Hides the password before it is sent: browsers keep visible fields in their form history. */
  hide() {
    this.input.type = "password";
    this.button.textContent = t("password.show");
  }

  async showRules() {
    const field = /** @type {HTMLElement} */ (this.closest(".field"));
    const list = find(field, ".rules ul");
    /** @type {PasswordPolicy} */
    let policy = { ...FALLBACK, passphrase: false };
    this.drawRules(list, policy);
    this.input.addEventListener("input", () => {
      this.drawRules(list, policy);
      clearTimeout(this.pauseTimer);
      this.pauseTimer = setTimeout(() => this.speakMissing(policy), PAUSE);
    });
    policy = await passwordPolicy();
    this.drawRules(list, policy);
  }

  /**
   * @param {HTMLElement} list
   * @param {PasswordPolicy} policy
   */
  drawRules(list, policy) {
    const { rules, isPassphrase } = checkPassword(this.input.value, policy);
    const items = rules.map(([rule, isMet]) => ruleItem(ruleText(rule, policy), isMet || isPassphrase));
    if (policy.passphrase) {
      const text = t("password.rule.passphrase", { minimum: policy.passphrase_length });
      items.push(ruleItem(text, isPassphrase));
    }
    list.replaceChildren(...items);
  }

  /** @param {PasswordPolicy} policy */
  speakMissing(policy) {
    const { rules, isPassphrase } = checkPassword(this.input.value, policy);
    const missing = rules.filter(([, isMet]) => !isMet && !isPassphrase);
    const texts = missing.map(([rule]) => ruleText(rule, policy));
    this.spoken.textContent = texts.length
      ? t("password.missing", { rules: texts.join(", ") })
      : t("password.all_met");
  }
}

/**
 * @param {string} text
 * @param {boolean} isMet
 */
function ruleItem(text, isMet) {
  const state = make("span", { className: "unseen" }, `, ${t(isMet ? "password.met" : "password.unmet")}`);
  return make("li", { className: isMet ? "met" : "" }, text, state);
}

customElements.define("password-field", PasswordField);
