// @ts-check
// <wait-button>: a button that the server allows to press only after some seconds; it counts down.

import { find } from "../dom.js";
import { durationText } from "../formatting.js";
import { t } from "../texts.js";

export class WaitButton extends HTMLElement {
  button = find(this, "button");
  label = this.button.textContent ?? "";
  isWaiting = false;
  /** When the wait ends, on the clock of performance.now(). */
  end = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer;

  connectedCallback() {
    // The first listener: a press during the wait must not reach the others.
    this.button.addEventListener("click", (event) => {
      if (this.isWaiting) event.stopImmediatePropagation();
    });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  /**
   * Waits `seconds`, as an answer of the API says; fires "ready" once at the end.
   *
   * @param {number} seconds
   */
  wait(seconds) {
    clearInterval(this.timer);
    // Unlike Date.now(), performance.now() does not jump when the computer's clock is corrected.
    this.end = performance.now() + seconds * 1000;
    this.isWaiting = seconds > 0;
    if (this.isWaiting) this.timer = setInterval(() => this.tick(), 250);
    this.show();
  }

  tick() {
    if (performance.now() >= this.end) {
      clearInterval(this.timer);
      this.isWaiting = false;
      this.dispatchEvent(new Event("ready"));
    }
    this.show();
  }

  show() {
    if (this.isWaiting) {
      const left = Math.ceil((this.end - performance.now()) / 1000);
      this.button.textContent = t("verify.resend_wait", { wait: durationText(left) });
      this.button.setAttribute("aria-disabled", "true");
    } else if (this.button.textContent !== t("wait.sending")) {
      this.button.textContent = this.label;
      this.button.removeAttribute("aria-disabled");
    }
  }
}

customElements.define("wait-button", WaitButton);
