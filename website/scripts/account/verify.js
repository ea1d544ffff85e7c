// Step "verify": the mailed code, Send new Code, and what became of the mail.

import { ask, NoAnswer, Refusal } from "../api.js";
import { announce, make } from "../dom.js";
import { dateText } from "../figures.js";
import { keepFlow, openFlow } from "../flow.js";
import { sessionBegan, signedIn } from "../session.js";
import { timeIn } from "../troubles.js";
import { say, sayCount } from "../words.js";
import { actionButton, clearErrors, focusError, line, runBusy, showError, stepLink } from "./forms.js";
import { offers } from "./policy.js";

const POLL = 5_000;

export function mount(step, dialog) {
  return new Verify(step, dialog);
}

class Verify {
  constructor(step, dialog) {
    this.step = step;
    this.dialog = dialog;
    this.form = step.querySelector("form");
    this.field = step.querySelector("code-field");
    this.resend = step.querySelector("wait-button");
    this.path = `/registrations/${encodeURIComponent(openFlow().id)}`;
    this.id = openFlow().id;
    const { email } = openFlow();
    step.querySelector(".address").textContent = email;
    this.form.elements.username.value = email;
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.resend.button.addEventListener("click", () => this.sendNewCode());
    this.resend.addEventListener("ready", () => dialog.say(say("verify.resend_ready")));
    if (dialog.latest?.registration_id === this.id) this.show(dialog.latest);
    this.watch();
    this.ticking = setInterval(() => this.showExpiry(), 5_000);
  }

  leave() {
    this.left = true;
    clearInterval(this.ticking);
    clearTimeout(this.polling);
  }

  /** Another tab finished, changed or gave up this flow. */
  flowChanged() {
    if (this.finishing || openFlow()?.id === this.id) return;
    if (openFlow()?.id) this.dialog.go("verify");
    else this.dialog.close();
  }

  sessionChanged() {
    if (this.finishing || !signedIn()) return;
    this.dialog.close();
    announce(say("verify.finished_elsewhere"));
  }

  /** Reads the flow now and then while somebody looks, for the delivery line. */
  async watch() {
    try {
      this.show(await ask("GET", this.path));
    } catch (error) {
      if (this.left) return;
      if (error instanceof Refusal && this.stateError(error)) return;
      // Silence here costs nothing: the next look may succeed.
    }
    if (this.left || this.settled || this.finishing) return;
    this.polling = setTimeout(() => (document.hidden ? this.watchLater() : this.watch()), POLL);
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
    hint.textContent = long ? say("verify.long_code") : "";
    hint.hidden = !long;
    this.describe("code-hint", long);
    if (first || flow.resend_in > 0 || !this.resend.waiting) this.resend.wait(flow.resend_in);
    this.showExpiry();
    this.showDelivery();
    this.showState();
  }

  describe(id, on) {
    const { input } = this.field;
    const ids = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
    if (on) ids.push(id);
    if (ids.length) input.setAttribute("aria-describedby", ids.join(" "));
    else input.removeAttribute("aria-describedby");
  }

  showState() {
    if (this.flow.state === "spent" && !this.form.querySelector(".error")) this.spent("verify.spent");
    if (this.flow.state === "expired" && !this.form.querySelector(".error")) this.spent("verify.expired");
  }

  showExpiry() {
    if (this.expires === undefined) return;
    const minutes = Math.ceil((this.expires - performance.now()) / 60_000);
    const place = this.step.querySelector(".expiry span");
    place.textContent = minutes > 0
      ? `${sayCount("verify.expires_in", { count: minutes })} ${say("verify.expires_at", {
          time: timeIn((this.expires - performance.now()) / 1000),
        })}`
      : say("verify.expired");
  }

  /** When the mail was asked for, as the mail says it too. */
  get mailTime() {
    return dateText(new Date(this.flow.requested_at), "zoned");
  }

  showDelivery() {
    const { delivery = "pending", reference } = this.flow;
    const words = `verify.delivery.${delivery}`;
    const time = this.flow.delivery_at ? dateText(new Date(this.flow.delivery_at), "zoned") : this.mailTime;
    const parts = [say(words, { time })];
    const failed = delivery === "bounced" || delivery === "withheld";
    if (failed) parts.push(make("a", { href: "#register" }, say("link.change")));
    else if (reference) parts.push(say("verify.reference", { time: this.mailTime, reference }));
    const place = this.step.querySelector(".delivery");
    const content = make("span", {}, ...line(...parts));
    if (place.textContent !== content.textContent) place.replaceChildren(content);
    place.classList.toggle("failed", failed);
    place.classList.toggle("arrived", delivery === "delivered");
    this.settled = failed || delivery === "delivered";
  }

  submit(event) {
    event.preventDefault();
    clearErrors(this.form);
    const code = this.field.value;
    if (!code) {
      showError(this.field.input, say("field.code_empty"));
      return focusError(this.form);
    }
    return runBusy(
      this.form.querySelector("[type=submit]"),
      this.dialog,
      () => this.confirm(code),
      (error) => this.refused(error),
    );
  }

  async confirm(code) {
    await ask("POST", `${this.path}/confirm`, { body: { code } });
    this.finishing = true;
    keepFlow({ id: null, step: "done" });
    sessionBegan();
    this.dialog.go("done");
  }

  refused(error) {
    if (error instanceof NoAnswer) return false;
    if (error.code === "code_wrong") {
      const count = error.problem.attempts_left;
      const time = this.flow ? this.mailTime : "";
      if (count === 0) this.spent("verify.spent");
      else {
        showError(this.field.input, sayCount("verify.wrong", { count, time }));
        this.field.input.select();
      }
    } else if (error.code === "fields_rejected" || error.code === "malformed") {
      showError(this.field.input, say("verify.wrong_last"));
    } else if (!this.stateError(error)) return false;
    focusError(this.form);
    return true;
  }

  /** Shows what an end of the flow or of its code means; says whether it was one. */
  stateError(error) {
    if (error.code === "code_spent") this.spent("verify.spent");
    else if (error.code === "code_expired") this.spent("verify.expired");
    else if (error.code === "registration_finished") this.finished();
    else if (error.code === "flow_over" || error.status === 404) this.over();
    else return false;
    return true;
  }

  spent(words) {
    const again = actionButton(this.resend.label, () => this.resend.button.click());
    const wait = this.resend.waiting;
    showError(this.field.input, ...(wait ? [say(words)] : line(say(words), again)));
  }

  over() {
    this.finishing = true;
    keepFlow({ id: null });
    showError(this.field.input, ...line(say("verify.over"), stepLink("register", say("link.register"))));
    this.endControls();
  }

  async finished() {
    this.finishing = true;
    keepFlow({ id: null });
    const links = [stepLink("log-in", say("link.log_in"))];
    if ((await offers()).offers?.includes("reset")) links.push(stepLink("reset", say("link.reset")));
    showError(this.field.input, ...line(say("verify.finished"), ...links));
    this.endControls();
  }

  /** Nothing on this step can succeed any more; its links lead on. */
  endControls() {
    this.form.querySelector("[type=submit]").hidden = true;
    this.step.querySelector(".resend").hidden = true;
    this.step.querySelector(".delivery").hidden = true;
    this.step.querySelector(".expiry").hidden = true;
  }

  sendNewCode() {
    runBusy(this.resend.button, this.dialog, () => this.askForCode(), (error) => this.refusedCode(error));
  }

  async askForCode() {
    const flow = await ask("POST", `${this.path}/code`);
    clearErrors(this.form);
    this.settled = false;
    this.flow = { ...this.flow, delivery: "pending", delivery_at: null, state: undefined };
    const long = flow.code_format === "base32_10";
    this.field.input.value = "";
    this.show(flow);
    this.dialog.say(say(long ? "verify.resent_long" : "verify.resent"));
    this.field.input.focus();
    clearTimeout(this.polling);
    this.polling = setTimeout(() => this.watch(), 2_000);
  }

  refusedCode(error) {
    if (error.code === "too_many_requests") {
      const { mail_to: address } = error.problem;
      const time = timeIn(error.retryIn);
      if (error.retryIn > 600) {
        this.dialog.say(say(address ? "verify.resend_limit_mail" : "verify.resend_limit", { time, address }));
      }
      this.resend.wait(error.retryIn);
      return true;
    }
    return this.stateError(error);
  }
}

