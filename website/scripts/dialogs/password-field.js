// <password-field>: Show and Hide, said aloud; for a new password the list of rules, met or not.

import { make } from "../dom.js";
import { t } from "../texts.js";
import { checkPassword, passwordPolicy, ruleText } from "./policy.js";

const PAUSE = 1200;

class PasswordField extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.toggle = this.querySelector("button");
    this.spoken = this.appendChild(make("span", { className: "unseen", role: "status" }));
    this.toggle.addEventListener("click", () => this.show(this.input.type === "password"));
    // A shown password must not stay in a browser's form history.
    this.closest("form").addEventListener("submit", () => this.show(false, true));
    if (this.input.autocomplete === "new-password") this.check();
  }

  disconnectedCallback() {
    clearTimeout(this.pause);
  }

  show(visible, silent = false) {
    this.input.type = visible ? "text" : "password";
    this.toggle.textContent = t(visible ? "password.hide" : "password.show");
    if (!silent) this.spoken.textContent = t(visible ? "password.shown" : "password.hidden");
  }

  async check() {
    this.list = this.closest(".field").querySelector(".rules ul");
    const policy = await passwordPolicy();
    this.input.setAttribute(
      "passwordrules",
      `minlength: ${policy.minimum_length}; required: lower; required: upper; required: digit; required: special;`,
    );
    this.draw(policy);
    this.input.addEventListener("input", () => {
      this.draw(policy);
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.speak(policy), PAUSE);
    });
  }

  draw(policy) {
    const { rules, enough } = checkPassword(this.input.value, policy);
    this.list.replaceChildren(
      ...rules.map(([rule, met]) => this.item(ruleText(rule, policy), met || enough)),
    );
    if (policy.passphrase) {
      const words = t("password.rule.passphrase", { minimum: policy.passphrase_length });
      this.list.append(this.item(words, enough));
    }
  }

  item(text, met) {
    const state = make("span", { className: "unseen" }, `, ${t(met ? "password.met" : "password.unmet")}`);
    return make("li", { className: met ? "met" : "" }, text, state);
  }

  speak(policy) {
    const { rules, enough } = checkPassword(this.input.value, policy);
    const missing = rules.filter(([, met]) => !met && !enough).map(([rule]) => ruleText(rule, policy));
    this.spoken.textContent = missing.length
      ? t("password.missing", { rules: missing.join(", ") })
      : t("password.all_met");
  }
}

customElements.define("password-field", PasswordField);
