// The step that waits for a mailed code, for every flow alike: the code, Send new Code, and what
// became of the mail. What a right code leads to is the flow's own (verify.js, reset-code.js).

import { request, NoResponse, Refusal } from "../api.js";
import { announce, make } from "../dom.js";
import { dateText } from "../formatting.js";
import { flowStep, saveFlow, openFlow } from "../flow.js";
import { signedIn } from "../session.js";
import { timeIn } from "../error-text.js";
import { t, tPlural } from "../texts.js";
import { clearErrors, endStep, focusError, spaced, runBusy, showError, stepLink } from "./forms.js";

const POLL = 5_000;
const LONGEST_COUNTDOWN = 600;

/**
 * `kind` says what differs between flows: `route`, `check` (the last part of the path that a code
 * is sent to), `start` (the step that starts such a flow), whether a right code `signsIn`, and what
 * to do when a code is `proved` and when the flow turns out to be `finished`.
 */
export class CodeStep {
  constructor(step, dialog, kind) {
    this.step = step;
    this.dialog = dialog;
    this.kind = kind;
    this.form = step.querySelector("form");
    this.field = step.querySelector("code-field");
    this.resend = step.querySelector("wait-button");
    this.id = openFlow().id;
    this.path = `${kind.route}/${encodeURIComponent(this.id)}`;
    const { email } = openFlow();
    step.querySelector(".address").textContent = email;
    step.querySelector("[data-change]").href = `#${kind.start}`;
    for (const part of step.querySelectorAll("[data-flow]")) {
      const forOthers = part.dataset.for === "signed-out" && signedIn();
      part.hidden = part.dataset.flow !== kind.start || forOthers;
    }
    this.form.elements.username.value = email;
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.resend.button.addEventListener("click", () => this.sendNewCode());
    this.resend.addEventListener("ready", () => this.canResend());
    if (dialog.latest?.for === this.id) this.show(dialog.latest.flow);
    this.watch();
    this.expiryTimer = setInterval(() => this.showExpiry(), 5_000);
  }

  leave() {
    this.left = true;
    clearInterval(this.expiryTimer);
    clearTimeout(this.pollTimer);
  }

  /** Another tab finished, changed or gave up this flow. */
  flowChanged() {
    const flow = openFlow();
    if (this.finishing || flow?.id === this.id) return;
    if (flow?.id) {
      this.dialog.go(flowStep());
      return;
    }
    if (flow?.step === "done") announce(t("verify.finished_elsewhere"));
    if (flow?.step === "updated") announce(t("reset.finished_elsewhere"));
    this.dialog.close();
  }

  sessionChanged() {
    if (!this.finishing) this.kind.sessionChanged?.(this.dialog);
  }

  /** Reads the flow now and then while somebody looks, for the delivery line. */
  async watch() {
    try {
      this.show(await request("GET", this.path));
    } catch (error) {
      if (this.left) return;
      if (error instanceof Refusal && this.stateError(error)) return;
      // Silence here costs nothing: the next look may succeed.
    }
    if (this.left || this.settled || this.finishing) return;
    this.pollTimer = setTimeout(() => (document.hidden ? this.watchLater() : this.watch()), POLL);
  }

  watchLater() {
    document.addEventListener("visibilitychange", () => this.left || this.watch(), { once: true });
  }

  show(flow) {
    if (this.left) return;
    const first = !this.flow;
    this.flow = { ...this.flow, ...flow };
    this.expires = performance.now() + flow.expires_in * 1000;
    const long = this.flow.code_format === "base32_10";
    this.field.format = this.flow.code_format;
    const hint = this.step.querySelector("#code-hint");
    hint.textContent = long ? t("verify.long_code") : "";
    hint.hidden = !long;
    this.describe("code-hint", long);
    if (first || flow.resend_in > 0 || !this.resend.waiting) this.resend.wait(flow.resend_in);
    this.showExpiry();
    this.showDelivery();
    this.showState();
  }

  describe(id, on) {
    const { input } = this.field;
    const ids = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((other) => other && other !== id);
    if (on) ids.push(id);
    if (ids.length) input.setAttribute("aria-describedby", ids.join(" "));
    else input.removeAttribute("aria-describedby");
  }

  showState() {
    const { state } = this.flow;
    if (this.confirming) return;
    if (state === "finished") this.finished();
    else if (state === "over") this.over();
    else if ((state === "spent" || state === "expired") && !this.stopped) this.spent(`verify.${state}`);
  }

  showExpiry() {
    if (this.expires === undefined) return;
    const seconds = (this.expires - performance.now()) / 1000;
    const line = this.step.querySelector(".expiry span");
    if (seconds <= 0 && !this.stopped) this.spent("verify.expired");
    if (this.stopped) return;
    const time = t("verify.expires_at", { time: timeIn(seconds) });
    line.textContent = `${tPlural("verify.expires_in", { count: Math.ceil(seconds / 60) })} ${time}`;
  }

  /** When the mail was asked for, in the very words of its subject. */
  get mailTime() {
    return dateText(new Date(this.flow.requested_at), "mailed");
  }

  showDelivery() {
    const { delivery = "pending", reference } = this.flow;
    const key = `verify.delivery.${delivery}`;
    const time = dateText(new Date(this.flow.delivery_at ?? this.flow.requested_at), "zoned");
    const parts = [t(key, { time })];
    const failed = delivery === "bounced" || delivery === "withheld";
    if (failed) parts.push(stepLink(this.kind.start, t("link.change")));
    else if (reference) parts.push(t("verify.reference", { reference }));
    const line = this.step.querySelector(".delivery");
    const content = make("span", {}, ...spaced(...parts));
    if (line.textContent !== content.textContent) line.replaceChildren(content);
    line.classList.toggle("failed", failed);
    line.classList.toggle("arrived", delivery === "delivered");
    this.settled = failed || delivery === "delivered";
  }

  submit(event) {
    event.preventDefault();
    clearErrors(this.form);
    const code = this.field.value;
    if (!code) {
      showError(this.field.input, t("field.code_empty"));
      return focusError(this.form);
    }
    return runBusy(
      this.form.querySelector("[type=submit]"),
      this.dialog,
      () => this.check(code),
      (error) => this.refused(error),
    );
  }

  async check(code) {
    this.confirming = true;
    const before = signedIn();
    let answer;
    try {
      answer = await request("POST", `${this.path}/${this.kind.check}`, { body: { code } });
    } catch (error) {
      // An answer that broke off after its cookies has said enough.
      const began = this.kind.signsIn && !before && signedIn();
      if (!began) throw error;
    } finally {
      this.confirming = false;
    }
    this.finishing = true;
    this.kind.proved(this.dialog, this.id, answer);
  }

  refused(error) {
    if (error instanceof NoResponse) return false;
    if (error.code === "code_wrong") {
      const count = error.problem.attempts_left;
      const time = this.flow ? this.mailTime : "";
      showError(this.field.input, tPlural("verify.wrong", { count, time }));
      this.field.input.select();
    } else if (error.code === "fields_rejected" || error.code === "malformed") {
      showError(this.field.input, t("verify.wrong_last"));
    } else return this.stateError(error);
    focusError(this.form);
    return true;
  }

  /** Shows what an end of the flow or of its code means; says whether it was one. */
  stateError(error) {
    if (error.code === "code_spent" || error.code === "code_expired") {
      this.spent(error.code === "code_spent" ? "verify.spent" : "verify.expired");
    } else if (error.code === "registration_finished") this.finished();
    else if (error.code === "flow_over" || error.status === 404) this.over();
    else return false;
    return true;
  }

  /** No code can be entered until a new one is sent: that button alone is left. */
  spent(key) {
    if (this.stopped === key) return;
    clearErrors(this.form);
    this.stop(key);
    const notice = this.form.querySelector(".stopped");
    notice.textContent = t(key);
    if (this.resend.waiting) notice.focus();
    else this.resend.button.focus();
  }

  /** Takes the field away, or brings it back with null. */
  stop(key) {
    this.stopped = key;
    for (const part of this.form.children) part.hidden = part.matches(".stopped") !== Boolean(key);
    const { button } = this.resend;
    button.className = key ? "button wide" : "quiet";
    this.step.querySelector(".resend > span").hidden = Boolean(key);
  }

  over() {
    this.end(t("verify.over"), stepLink(this.kind.start, t(`link.${this.kind.start}`)));
    this.form.prepend(make("p", {}, t("verify.over_text")));
  }

  finished() {
    this.finishing = true;
    this.kind.finished(this);
  }

  /** Nothing on this step can succeed any more; one button leads on. */
  end(title, link) {
    this.finishing = true;
    saveFlow({ id: null });
    for (const line of this.step.querySelectorAll("h2 ~ p")) line.hidden = true;
    endStep(this.form, title, link);
  }

  sendNewCode() {
    runBusy(this.resend.button, this.dialog, () => this.requestNewCode(), (error) => this.refusedNewCode(error));
  }

  async requestNewCode() {
    const flow = await request("POST", `${this.path}/code`);
    clearErrors(this.form);
    this.settled = false;
    this.stop(null);
    this.flow = { ...this.flow, delivery: "pending", delivery_at: null, state: undefined };
    const long = flow.code_format === "base32_10";
    this.field.input.value = "";
    this.show(flow);
    this.dialog.showStatus(t(long ? "verify.resent_long" : "verify.resent"));
    this.field.input.focus();
    clearTimeout(this.pollTimer);
    this.pollTimer = setTimeout(() => this.watch(), 2_000);
  }

  canResend() {
    this.dialog.showStatus(t("verify.resend_ready"));
    this.step.querySelector(".limit").hidden = true;
    this.resend.hidden = false;
    // Whoever waits for nothing else has it at hand.
    if (document.activeElement === this.form.querySelector(".stopped")) this.resend.button.focus();
  }

  refusedNewCode(error) {
    if (error.code !== "too_many_requests") return this.stateError(error);
    this.resend.wait(error.retryIn);
    this.dialog.showStatus("");
    if (error.retryIn > LONGEST_COUNTDOWN) {
      const limit = this.step.querySelector(".limit");
      limit.textContent = t("verify.resend_limit", { time: timeIn(error.retryIn) });
      limit.hidden = false;
      this.resend.hidden = true;
      limit.focus();
    }
    return true;
  }
}
