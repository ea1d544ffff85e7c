// One native dialog shows the account steps; each step is a fragment of any page (#register…).

import { copyOf } from "../dom.js";
import { endFlow, flowChanges, openFlow } from "../flow.js";
import { sessionChanges, signedIn } from "../session.js";
import "./code-field.js";
import * as done from "./done.js";
import * as logIn from "./log-in.js";
import "./password-field.js";
import * as register from "./register.js";
import * as verify from "./verify.js";
import "./wait-button.js";

const STEPS = { register, verify, done, "log-in": logIn };

class AccountDialog extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.place = this.querySelector(".step");
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

  allowed(step) {
    if (step === "verify" && !openFlow()?.id) return signedIn() ? null : "register";
    if (step === "done") return signedIn() ? "done" : null;
    return signedIn() ? null : step;
  }

  show(step) {
    if (step === null) {
      this.dropFragment();
      if (this.dialog.open) this.dialog.close();
      return;
    }
    this.putAddress(step);
    this.leaveStep();
    this.step = step;
    this.place.replaceChildren(copyOf(`step-${step}`));
    this.say("");
    this.controller = STEPS[step].mount(this.place, this) ?? {};
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    this.focusFirst();
  }

  /** Goes to another step without a new entry in the history: Back still closes. */
  go(step) {
    this.show(this.allowed(step));
  }

  close() {
    this.dialog.close();
  }

  /** Says something in the dialog's one status line. */
  say(text) {
    this.status.textContent = text;
  }

  closed() {
    const flow = openFlow();
    // A flow that another tab is about to show the end of is that tab's to end.
    const over = this.step === "done" || (flow && !flow.id && flow.step !== "done");
    this.leaveStep();
    this.place.replaceChildren();
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
    const fields = this.place.querySelectorAll("input:not([readonly]):not([type=checkbox])");
    const first = [...fields].find((field) => !field.value) ?? fields[0];
    (first ?? this.place.querySelector("h2")).focus();
  }
}

customElements.define("account-dialog", AccountDialog);
