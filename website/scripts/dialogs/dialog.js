// One native dialog shows the account steps; each step is a fragment of any page (#register…).

import { copyOf } from "../dom.js";
import { endFlow, flowChanges, flowStep, openFlow } from "../flow.js";
import { sessionChanges, signedIn } from "../session.js";
import "./code-field.js";
import * as done from "./done.js";
import * as logIn from "./log-in.js";
import * as newPassword from "./new-password.js";
import "./password-field.js";
import * as register from "./register.js";
import * as resetCode from "./reset-code.js";
import * as reset from "./reset.js";
import * as terms from "./terms.js";
import * as passwordChanged from "./step-password-changed.js";
import * as verify from "./verify.js";
import "./wait-button.js";

// All of them at once: whoever has opened the dialog comes to its end on a broken line too.
const STEPS = {
  register,
  verify,
  done,
  "log-in": logIn,
  reset,
  "reset-code": resetCode,
  "new-password": newPassword,
  updated: passwordChanged,
  terms,
};
/** The steps that show the end of a flow; the flow ends when they are left. */
const ENDS = new Set(["done", "updated"]);

class AccountDialog extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.container = this.querySelector(".step");
    this.status = this.querySelector(".status");
    this.email = openFlow()?.email ?? "";
    this.dialog.addEventListener("close", () => this.closed());
    this.querySelector(".close").addEventListener("click", () => this.close());
    this.dialog.addEventListener("click", (event) => this.followLink(event));
    addEventListener("hashchange", () => this.follow());
    sessionChanges.addEventListener("change", () => this.controller?.sessionChanged?.());
    flowChanges.addEventListener("change", () => this.controller?.flowChanged?.());
    this.follow();
  }

  /** Shows the step that the address names, or closes. */
  follow() {
    const step = location.hash.slice(1);
    if (step in STEPS) this.show(this.allowed(step));
    else if (this.dialog.open) this.dialog.close();
  }

  /** The step to show when `step` is asked for: none is skipped, and none shown in vain. */
  allowed(step) {
    const flow = openFlow();
    switch (step) {
      case "verify":
        if (flow?.id) return flowStep();
        return signedIn() ? null : "register";
      case "reset-code":
      case "new-password":
        return flow?.id ? flowStep() : "reset";
      case "updated":
        return flow?.step === "updated" ? step : null;
      case "done":
        return signedIn() ? step : null;
      case "terms":
        if (!flow?.pendingDownload) return null;
        return signedIn() ? step : "log-in";
      case "reset":
        return step;
      default:
        return signedIn() ? null : step;
    }
  }

  show(step, { why } = {}) {
    if (step === null) {
      this.dropFragment();
      if (this.dialog.open) this.dialog.close();
      return;
    }
    this.putAddress(step);
    this.leaveStep();
    this.step = step;
    this.container.replaceChildren(copyOf(STEPS[step].template ?? `step-${step}`));
    this.showStatus("");
    if (why) this.explain(why);
    this.controller = STEPS[step].mount(this.container, this) ?? {};
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    this.focusFirst();
  }

  /** Goes to another step without a new entry in the history: Back still closes. */
  go(step, more) {
    this.show(this.allowed(step), more);
  }

  /** Says above the fields why this step is shown, and ties that to each field. */
  explain(why) {
    const line = this.container.querySelector(".why");
    line.textContent = why;
    line.hidden = false;
    for (const field of this.container.querySelectorAll("input:not([readonly], [type=checkbox])")) {
      field.setAttribute("aria-describedby", line.id);
    }
  }

  close() {
    this.dialog.close();
  }

  /** Says something in the dialog's one status line. */
  showStatus(text) {
    this.status.textContent = text;
  }

  closed() {
    const flow = openFlow();
    // A flow that another tab is about to show the end of is that tab's to end.
    const over = ENDS.has(this.step) || (flow && !flow.id && !ENDS.has(flow.step));
    this.leaveStep();
    this.container.replaceChildren();
    this.step = null;
    if (over) endFlow();
    this.dropFragment();
  }

  leaveStep() {
    this.controller?.leave?.();
    this.controller = null;
  }

  putAddress(step) {
    if (location.hash !== `#${step}`) history.replaceState(history.state, "", `#${step}`);
  }

  dropFragment() {
    if (location.hash.slice(1) in STEPS) {
      history.replaceState(history.state, "", location.pathname + location.search);
    }
  }

  followLink(event) {
    const link = event.target.closest("a[href^='#']");
    if (!link || !(link.hash.slice(1) in STEPS)) return;
    event.preventDefault();
    this.go(link.hash.slice(1));
  }

  focusFirst() {
    const fields = this.container.querySelectorAll("input:not([readonly]):not([type=checkbox])");
    const first = [...fields].find((field) => !field.value) ?? fields[0];
    (first ?? this.container.querySelector("h2")).focus();
  }
}

customElements.define("account-dialog", AccountDialog);
