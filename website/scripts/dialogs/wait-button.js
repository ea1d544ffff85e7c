// <wait-button>: a button that may be pressed after so many seconds of the server's, counted here.

import { durationText } from "../formatting.js";
import { t } from "../texts.js";

class WaitButton extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.label = this.button.textContent;
    // First, so that a press during the wait reaches nobody else.
    this.button.addEventListener("click", (event) => {
      if (this.waiting) event.stopImmediatePropagation();
    });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  /** Waits `seconds` (a number from an answer); fires "ready" once at the end. */
  wait(seconds) {
    clearInterval(this.timer);
    // performance.now() runs on when somebody corrects the clock; Date.now() jumps.
    this.until = performance.now() + seconds * 1000;
    this.waiting = seconds > 0;
    if (!this.waiting) return this.show();
    this.timer = setInterval(() => this.tick(), 250);
    return this.show();
  }

  tick() {
    if (performance.now() >= this.until) {
      clearInterval(this.timer);
      this.waiting = false;
      this.dispatchEvent(new Event("ready"));
    }
    this.show();
  }

  show() {
    if (this.waiting) {
      const left = Math.ceil((this.until - performance.now()) / 1000);
      this.button.textContent = t("verify.resend_wait", { wait: durationText(left) });
      this.button.setAttribute("aria-disabled", "true");
    } else if (this.button.textContent !== t("wait.sending")) {
      this.button.textContent = this.label;
      this.button.removeAttribute("aria-disabled");
    }
  }
}

customElements.define("wait-button", WaitButton);
