// @ts-check
// <account-dialog>: one native dialog for all account steps; each is a fragment of any page (#register).

import { closestLink, copyOf, find } from "../dom.js";
import { endFlow, flowChanges, openFlow } from "../flow.js";
import { sessionMark } from "../session-mark.js";
import { sessionChanges, signedIn } from "../session.js";
import { allowedStep, isStep } from "./allowed-step.js";
import "./code-field.js";
import * as done from "./done.js";
import * as logIn from "./log-in.js";
import * as newPassword from "./new-password.js";
import "./password-field.js";
import * as register from "./register.js";
import * as resetCode from "./reset-code.js";
import * as reset from "./reset.js";
import * as passwordChanged from "./step-password-changed.js";
import * as terms from "./terms.js";
import { WaitingFlows } from "./waiting-flows.js";
import * as verify from "./verify.js";
import "./wait-button.js";

/**
 * What a step does while it is shown.
 *
 * @typedef {object} StepController
 * @property {() => void} [leave]
 * @property {() => void} [sessionChanged]
 * @property {() => void} [flowChanged]
 */

/**
 * A step: `mount` brings its copy of a template to life.
 *
 * @typedef {object} Step
 * @property {string} [template] other than `step-<name>`
 * @property {(step: HTMLElement, dialog: AccountDialog) => StepController | void} mount
 */

// All steps load together: a connection that breaks later cannot stop a flow half way.
/** @type {[string, Step][]} */
const STEP_MODULES = [
  ["register", register],
  ["verify", verify],
  ["done", done],
  ["log-in", logIn],
  ["reset", reset],
  ["reset-code", resetCode],
  ["new-password", newPassword],
  ["updated", passwordChanged],
  ["terms", terms],
];
const STEPS = new Map(STEP_MODULES);
/** The steps that show the end of a flow; the flow ends when they are left. */
const LAST_STEPS = new Set(["done", "updated"]);
/** The steps whose buttons act on the account that was logged in when they were shown. */
const STEPS_OF_ACCOUNT = new Set(["done", "terms"]);

export class AccountDialog extends HTMLElement {
  dialog = find(this, "dialog", HTMLDialogElement);
  container = find(this, ".step");
  status = find(this, ".status");
  waiting = new WaitingFlows(find(this, ".waiting"), this);
  email = openFlow()?.email ?? "";
  /** @type {string | null} */
  step = null;
  /** The session that was open when the step was shown. */
  mark = "";
  /** @type {StepController} */
  controller = {};
  /**
   * The newest answer about a flow, so that its code step is complete at once.
   *
   * @type {{id: string, flow: import("./code-step.js").FlowView} | undefined}
   */
  latestFlow;

  connectedCallback() {
    this.dialog.addEventListener("close", () => this.closed());
    this.dialog.addEventListener("click", (event) => this.followLink(event));
    find(this, ".close").addEventListener("click", () => this.close());
    addEventListener("hashchange", () => this.followFragment());
    sessionChanges.addEventListener("change", () => this.sessionChanged());
    flowChanges.addEventListener("change", () => this.flowChanged());
    this.followFragment();
  }

  sessionChanged() {
    // The next person to log in is not greeted with the address of who has just left.
    if (!signedIn()) this.email = "";
    // Nobody accepts terms, or subscribes, for an account that another tab has logged in meanwhile.
    const isAnothers = signedIn() && sessionMark() !== this.mark;
    if (isAnothers && STEPS_OF_ACCOUNT.has(this.step ?? "")) this.close();
    this.controller.sessionChanged?.();
  }

  flowChanged() {
    this.controller.flowChanged?.();
    this.waiting.show(this.step);
  }

  /** Shows the step that the address names, or closes. */
  followFragment() {
    const step = location.hash.slice(1);
    // One press may ask twice: by the fragment that these scripts find, and by the event that follows.
    if (this.dialog.open && step === this.step) return;
    if (isStep(step)) this.go(step);
    else if (this.dialog.open) this.dialog.close();
  }

  /**
   * Shows a step, or the one that has to come before it, or none if it has nothing to show. No step
   * adds an entry to the browser's history, so Back always closes the dialog.
   *
   * @param {string} step
   * @param {{why?: string}} [options] `why` is said above the fields
   */
  go(step, { why } = {}) {
    const name = allowedStep(step);
    const shown = name && STEPS.get(name);
    if (!shown) {
      dropFragment();
      if (this.dialog.open) this.dialog.close();
      return;
    }
    if (location.hash !== `#${name}`) history.replaceState(history.state, "", `#${name}`);
    this.leaveStep();
    this.step = name;
    this.mark = sessionMark();
    this.container.replaceChildren(copyOf(shown.template ?? `step-${name}`));
    this.showStatus("");
    if (why) this.explain(why);
    this.controller = shown.mount(this.container, this) ?? {};
    this.waiting.show(name);
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    this.focusFirst();
  }

  /**
   * Says above the fields why this step is shown; screen readers read it with each field.
   *
   * @param {string} why
   */
  explain(why) {
    const line = find(this.container, ".why");
    line.textContent = why;
    line.hidden = false;
    for (const field of this.textFields()) field.setAttribute("aria-describedby", line.id);
  }

  close() {
    this.dialog.close();
  }

  /**
   * Shows a text in the dialog's status line.
   *
   * @param {string} text
   */
  showStatus(text) {
    this.status.textContent = text;
  }

  closed() {
    const flow = openFlow();
    // If another tab is about to show the last step, that tab ends the flow.
    const isOver = flow && !flow.id && !LAST_STEPS.has(flow.step ?? "");
    const showedEnd = LAST_STEPS.has(this.step ?? "");
    this.leaveStep();
    this.container.replaceChildren();
    this.step = null;
    if (isOver || showedEnd) endFlow();
    dropFragment();
  }

  leaveStep() {
    this.controller.leave?.();
    this.controller = {};
  }

  /** @param {Event} event */
  followLink(event) {
    const step = closestLink(event, "a[href^='#']")?.hash.slice(1);
    if (!step || !isStep(step)) return;
    event.preventDefault();
    this.go(step);
  }

  focusFirst() {
    const fields = this.textFields();
    const first = fields.find((field) => !field.value) ?? fields[0];
    (first ?? find(this.container, "h2")).focus();
  }

  /** @returns {HTMLInputElement[]} */
  textFields() {
    return [...this.container.querySelectorAll("input")].filter(
      (field) => !field.readOnly && field.type !== "checkbox",
    );
  }
}

/** Takes a step out of the page's address. */
function dropFragment() {
  if (isStep(location.hash.slice(1))) {
    history.replaceState(history.state, "", location.pathname + location.search);
  }
}

customElements.define("account-dialog", AccountDialog);
