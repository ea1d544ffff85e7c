// @ts-check
// The step that waits for a mailed code, the same for every flow: the code, Send new Code, and what
// became of the mail. Where a right code leads is decided by verify.js and reset-code.js.

import { NoResponse, Refusal, request } from "../api.js";
import { announce, find, findAll, make } from "../dom.js";
import { changeFlow, claimFlow, flowOf } from "../flow.js";
import { dateText } from "../formatting.js";
import { sessionMark } from "../session-mark.js";
import { signedIn } from "../session.js";
import { t, tPlural } from "../texts.js";
import { canHoldCode, CodeField } from "./code-field.js";
import { showDelivery, waitToLook } from "./delivery-line.js";
import { clearErrors, endStep, fieldsOf, focusError, runBusy } from "./forms.js";
import { showError, stepLink, toggleDescription } from "./forms.js";
import { IdempotencyKey } from "./idempotency-key.js";
import { ResendButton } from "./resend-button.js";
import { VisibleTimer } from "./visible-timer.js";

/** @typedef {import("./dialog.js").AccountDialog} AccountDialog */

/**
 * What a flow shows of itself: at its start, and with its state and delivery when it is read later.
 *
 * @typedef {Pick<Api.RegistrationStatus, "code_format" | "expires_at" | "expires_in" | "resend_in"
 *   | "requested_at" | "reference"> & Partial<Pick<Api.RegistrationStatus, "state" | "delivery">>} FlowView
 */

/**
 * What differs between the flows that wait for a code.
 *
 * @typedef {object} CodeFlow
 * @property {string} route of the API
 * @property {string} check the last part of the path that a code is sent to
 * @property {"register" | "reset"} start the step that starts such a flow
 * @property {boolean} startsSession whether a right code logs in
 * @property {string} promises a field that the answer to a right code always has
 * @property {(step: CodeStep, answer: Api.ResetProof | undefined) => void} proved goes on after a right code
 * @property {(step: CodeStep) => void} finished shows that the flow has been finished already
 */

const POLL_AFTER_NEW_CODE = 2_000;
const SHOW_EXPIRY_EVERY = 5_000;

export class CodeStep {
  hasLeft = false;
  /** Whether this tab is ending the flow, so that changes of it are its own. */
  isFinishing = false;
  isChecking = false;
  /** How many milliseconds passed before the newest look at the flow. */
  pollWait = 0;
  /** @type {FlowView | undefined} */
  flow;
  /** @type {number | undefined} when the code expires, on the clock of performance.now() */
  expiry;
  /** @type {string | null} the text that says why no code can be entered */
  stopped = null;
  /** After a lost answer the same code leads to the same right. */
  idempotencyKey = new IdempotencyKey();
  pollTimer = new VisibleTimer(() => this.poll());

  /**
   * @param {HTMLElement} step
   * @param {AccountDialog} dialog
   * @param {CodeFlow} kind
   */
  constructor(step, dialog, kind) {
    this.step = step;
    this.dialog = dialog;
    this.kind = kind;
    this.form = find(step, "form", HTMLFormElement);
    this.field = find(step, "code-field", CodeField);
    this.resend = new ResendButton(this);
    const { key = "", id, email = "" } = claimFlow() ?? {};
    this.key = key;
    this.id = id ?? "";
    this.path = `${kind.route}/${encodeURIComponent(this.id)}`;
    this.showAddress(email);
    this.form.addEventListener("submit", (event) => this.submit(event));
    if (dialog.latestFlow?.id === this.id) this.show(dialog.latestFlow.flow);
    // A person who comes back later must not wait once more.
    dialog.latestFlow = undefined;
    this.poll();
    this.expiryTimer = setInterval(() => this.showExpiry(), SHOW_EXPIRY_EVERY);
  }

  /** @param {string} email */
  showAddress(email) {
    const { start } = this.kind;
    find(this.step, ".address").textContent = email;
    find(this.step, "[data-change]", HTMLAnchorElement).href = `#${start}`;
    for (const part of findAll(this.step, "[data-flow]")) {
      const isForOthers = part.dataset.for === "signed-out" && signedIn();
      part.hidden = part.dataset.flow !== start || isForOthers;
    }
    fieldsOf(this.form, "username").username.value = email;
  }

  leave() {
    this.hasLeft = true;
    clearInterval(this.expiryTimer);
    this.pollTimer.stop();
  }

  /** Follows another tab that finished or gave up this flow. */
  flowChanged() {
    const flow = flowOf(this.key);
    if (this.isFinishing || flow?.id === this.id) return;
    if (flow?.step === "done") announce(t("verify.finished_elsewhere"));
    if (flow?.step === "updated") announce(t("reset.finished_elsewhere"));
    this.dialog.close();
  }

  /** Reads the flow again and again until nothing more can be learned of its mail. */
  async poll() {
    try {
      this.show(await request("GET", this.path, { promises: "state" }));
    } catch (error) {
      if (this.hasLeft) return;
      // Without a response the next attempt may succeed.
      if (error instanceof Refusal && this.showEnd(error)) return;
    }
    if (this.hasLeft || this.isFinishing) return;
    const wait = waitToLook(this.flow?.delivery, this.stopped !== null, this.pollWait);
    if (wait !== undefined) this.pollTimer.start(wait);
    this.pollWait = wait ?? 0;
  }

  /** @param {FlowView} view */
  show(view) {
    if (this.hasLeft) return;
    const isFirst = !this.flow;
    const flow = { ...this.flow, ...view };
    this.flow = flow;
    this.expiry = performance.now() + view.expires_in * 1000;
    const isLong = flow.code_format === "base32_10";
    const hint = find(this.step, "#code-hint");
    this.field.setLong(isLong);
    hint.textContent = isLong ? t("verify.long_code") : "";
    hint.hidden = !isLong;
    toggleDescription(this.field.input, "code-hint", isLong);
    if (isFirst || view.resend_in > 0 || !this.resend.isWaiting) this.resend.wait(view.resend_in);
    this.showExpiry();
    showDelivery(find(this.step, ".delivery"), flow, this.kind.start);
    this.showState(flow.state);
  }

  /** @param {FlowView["state"]} state */
  showState(state) {
    if (this.isChecking) return;
    if (state === "finished") this.finished();
    else if (state === "over") this.over();
    else if ((state === "spent" || state === "expired") && !this.stopped) this.stop(`verify.${state}`);
  }

  showExpiry() {
    if (this.expiry === undefined) return;
    const seconds = (this.expiry - performance.now()) / 1000;
    if (seconds <= 0 && !this.stopped) this.stop("verify.expired");
    if (this.stopped) return;
    const left = tPlural("verify.expires_in", { count: Math.ceil(seconds / 60) });
    const at = t("verify.expires_at", { time: dateText(new Date(this.flow?.expires_at ?? ""), "zoned") });
    find(this.step, ".expiry span").textContent = `${left} ${at}`;
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    clearErrors(this.form);
    const code = this.field.value;
    if (!code || !canHoldCode(code)) {
      showError(this.field.input, code ? this.field.shapeText : t("field.code_empty"));
      focusError(this.form);
      return;
    }
    runBusy(
      find(this.form, "[type=submit]"),
      this.dialog,
      () => this.check(code),
      (refusal) => this.handleRefusal(refusal),
    );
  }

  /** @param {string} code */
  async check(code) {
    this.isChecking = true;
    const mark = sessionMark();
    /** @type {Api.ResetProof | undefined} */
    let answer;
    try {
      answer = await request("POST", `${this.path}/${this.kind.check}`, {
        body: { code },
        idempotencyKey: this.idempotencyKey.for(code),
        promises: this.kind.promises,
      });
    } catch (error) {
      // A response that broke off after its headers has set the cookies: the code was right.
      const sessionBegan = this.kind.startsSession && signedIn() && sessionMark() !== mark;
      if (!(sessionBegan && error instanceof NoResponse)) throw error;
    } finally {
      this.isChecking = false;
    }
    this.isFinishing = true;
    this.kind.proved(this, answer);
  }

  /** @param {Refusal} refusal */
  handleRefusal(refusal) {
    if (this.hasLeft) return true; // a person who comes back is told by the next look
    if (refusal.code === "code_wrong") {
      const { reference = "" } = this.flow ?? {};
      const count = refusal.problem.attempts_left ?? 0;
      showError(this.field.input, tPlural("verify.wrong", { count, reference }));
      this.field.input.select();
    } else if (refusal.code === "fields_rejected" || refusal.code === "malformed") {
      showError(this.field.input, this.field.shapeText);
    } else return this.showEnd(refusal);
    focusError(this.form);
    return true;
  }

  /**
   * Shows that the flow or its code has ended, if a refusal says so; returns whether it does.
   *
   * @param {Refusal} refusal
   */
  showEnd({ code, status }) {
    if (code === "code_spent") this.stop("verify.spent");
    else if (code === "code_expired") this.stop("verify.expired");
    else if (code === "registration_finished") this.finished();
    else if (code === "flow_over" || status === 404) this.over();
    else return false;
    return true;
  }

  /**
   * Replaces the field by a text that says why no code can be entered until a new one is sent.
   *
   * @param {string} key of the text
   */
  stop(key) {
    if (this.stopped === key) return;
    clearErrors(this.form);
    this.stopped = key;
    this.toggleField(false);
    const notice = find(this.form, ".stopped");
    notice.textContent = t(key);
    if (this.resend.isWaiting) notice.focus();
    else this.resend.button.focus();
  }

  /** @param {boolean} isShown */
  toggleField(isShown) {
    for (const part of findAll(this.form, ":scope > *")) part.hidden = part.matches(".stopped") === isShown;
    this.resend.setMain(!isShown);
  }

  over() {
    const { start } = this.kind;
    this.end(t("verify.over"), stepLink(start, t(`link.${start}`)));
    this.form.prepend(make("p", {}, t("verify.over_text")));
  }

  finished() {
    this.isFinishing = true;
    this.kind.finished(this);
  }

  /**
   * Ends the flow: the step shows a heading and one link.
   *
   * @param {string} heading
   * @param {HTMLAnchorElement} link
   */
  end(heading, link) {
    this.isFinishing = true;
    changeFlow(this.key, { id: null });
    for (const line of findAll(this.step, "h2 ~ p")) line.hidden = true;
    endStep(this.form, heading, link);
  }

  /**
   * Shows that a new code was sent.
   *
   * @param {FlowView} view
   */
  restart(view) {
    if (this.hasLeft) return;
    clearErrors(this.form);
    this.stopped = null;
    this.toggleField(true);
    this.pollWait = 0;
    this.field.input.value = "";
    this.show({ ...view, delivery: "pending", state: undefined });
    const isLong = view.code_format === "base32_10";
    this.dialog.showStatus(t(isLong ? "verify.resent_long" : "verify.resent"));
    this.field.input.focus();
    this.pollTimer.start(POLL_AFTER_NEW_CODE);
  }
}
