// @ts-check
// Another address for the account: the password, then the code that the new address was mailed.

import { Refusal, request } from "../api.js";
import { canHoldCode, CodeField } from "../dialogs/code-field.js";
import { waitToLook } from "../dialogs/delivery-line.js";
import { cleanAddress, emailError, refusedAddressText } from "../dialogs/email-address.js";
import { clearErrors, fieldsOf, focusError, showError } from "../dialogs/forms.js";
import { IdempotencyKey } from "../dialogs/idempotency-key.js";
import { VisibleTimer } from "../dialogs/visible-timer.js";
import { WaitButton } from "../dialogs/wait-button.js";
import { find } from "../dom.js";
import { waitText } from "../error-text.js";
import { dateText } from "../formatting.js";
import { sessionBegan } from "../session.js";
import { ofTab } from "../storage.js";
import { t, tPlural } from "../texts.js";
import { AskingForm } from "./asking-form.js";

/** @typedef {import("../account.js").AccountPage} AccountPage */

/** The change that this tab waits for a code of, and whose it is; it outlives a reload. */
const KEY = "newsreel.email-change";
const FIRST_LOOK = 2_000;

/**
 * @param {HTMLElement} section
 * @param {AccountPage} page
 * @param {Api.Account} account
 */
export const showEmailForm = (section, page, account) => new EmailForm(section, page, account);

class EmailForm {
  /**
   * @param {HTMLElement} section
   * @param {AccountPage} page
   * @param {Api.Account} account
   */
  constructor(section, page, account) {
    this.section = section;
    this.page = page;
    this.account = account;
    find(section, "[data-email]").textContent = account.email;
    this.fields = fieldsOf(find(section, "form.asking", HTMLFormElement), "new_email", "current_password");
    this.asking = new AskingForm(section, page, {
      check: () => this.checkAddress(),
      send: () => this.start(),
      handle: (refusal) => this.handleStart(refusal),
    });
    this.repeat = new IdempotencyKey();
    this.code = new EmailCode(this);
    const waiting = readWaiting(account);
    if (waiting) this.code.open(waiting.id, waiting.email);
  }

  get newAddress() {
    return cleanAddress(this.fields.new_email.value);
  }

  checkAddress() {
    const error = emailError(this.fields.new_email.value);
    if (error) showError(this.fields.new_email, error);
    return !error;
  }

  async start() {
    const body = { new_email: this.newAddress, current_password: this.fields.current_password.value };
    /** @type {Api.EmailChange} */
    const change = await request("POST", "/account/email-changes", {
      body,
      idempotencyKey: this.repeat.for(JSON.stringify(body)),
      promises: "change_id",
    });
    const { account_id: owner } = this.account;
    ofTab.write(KEY, JSON.stringify({ id: change.change_id, email: body.new_email, owner }));
    this.fields.current_password.value = "";
    this.code.open(change.change_id, body.new_email, change);
    find(this.code.form, "input").focus();
  }

  /** @param {Refusal} refusal */
  handleStart(refusal) {
    const { code, problem } = refusal;
    if (code === "undo_open") {
      const time = dateText(new Date(problem.until ?? ""), "moment");
      showError(this.fields.new_email, t("email_change.undo_open", { time }));
    } else if (code === "fields_rejected") {
      const isSame = problem.errors?.some((error) => error.code === "same_email");
      const text = isSame ? t("email_change.same") : refusedAddressText(this.fields.new_email.value);
      showError(this.fields.new_email, text);
    } else if (code === "too_many_requests") showError(this.fields.new_email, waitText(refusal));
    else return false;
    return true;
  }
}

/** The step that waits for the code. */
class EmailCode {
  id = "";
  wait = 0;
  timer = new VisibleTimer(() => this.look());

  /** @param {EmailForm} owner */
  constructor(owner) {
    this.owner = owner;
    this.page = owner.page;
    this.form = find(owner.section, "form.code", HTMLFormElement);
    this.field = find(this.form, "code-field", CodeField);
    this.resend = find(this.form, "wait-button", WaitButton);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.resend.button.addEventListener("click", () => this.sendAgain());
    find(this.form, "[data-no]").addEventListener("click", () => this.close());
  }

  get path() {
    return `/account/email-changes/${encodeURIComponent(this.id)}`;
  }

  /**
   * @param {string} id
   * @param {string} email
   * @param {Api.EmailChange} [view]
   */
  open(id, email, view) {
    this.id = id;
    this.wait = 0;
    // The one before was stopped for good when its change was given up.
    this.timer = new VisibleTimer(() => this.look());
    this.owner.asking.form.hidden = true;
    this.owner.asking.begin.hidden = true;
    this.form.hidden = false;
    find(this.form, ".address").textContent = email;
    if (view) this.show(view);
    this.timer.start(view ? FIRST_LOOK : 0);
  }

  /** @param {string} [text] why it is closed */
  close(text = "") {
    ofTab.remove(KEY);
    this.timer.stop();
    this.form.hidden = true;
    this.owner.asking.toggle(false);
    this.page.showStatus(text);
  }

  /** @param {Api.EmailChange & Partial<Api.EmailChangeStatus>} view */
  show(view) {
    const { delivery = "pending", code_format: form, resend_in: wait, state } = view;
    this.field.setLong(form === "base32_10");
    if (wait > 0 || !this.resend.isWaiting) this.resend.wait(wait);
    const moment = delivery === "delayed" ? view.expires_at : view.requested_at;
    const line = t(`verify.delivery.${delivery}`, { time: dateText(new Date(moment), "zoned") });
    const why = state === "spent" || state === "expired" ? `${t(`verify.${state}`)} ` : "";
    const reference = t("verify.reference", { reference: view.reference });
    find(this.form, ".delivery").textContent = `${why}${line} ${reference}`;
  }

  async look() {
    const { timer } = this;
    const view = await this.read();
    // A part that was drawn anew, or a change that was given up, has no use for the answer.
    if (!this.form.isConnected || this.form.hidden || timer !== this.timer) return;
    if (view === "over") {
      this.close(t("email_change.over"));
      return;
    }
    if (view) this.show(view);
    const wait = waitToLook(view?.delivery, view?.state !== "open", this.wait);
    this.wait = wait ?? 0;
    if (wait !== undefined) timer.start(wait);
  }

  /**
   * What the API says of the change, or null: after a fault, or without an answer, a later look may
   * succeed.
   *
   * @returns {Promise<Api.EmailChangeStatus | "over" | null>}
   */
  async read() {
    try {
      /** @type {Api.EmailChangeStatus} */
      const view = await request("GET", this.path, { promises: "state" });
      return view.state === "over" ? "over" : view;
    } catch (error) {
      this.page.handleLogOut(error);
      return error instanceof Refusal && (error.code === "flow_over" || error.status === 404) ? "over" : null;
    }
  }

  sendAgain() {
    this.page.run(
      this.resend.button,
      async () => {
        this.show(await request("POST", `${this.path}/code`, { promises: "resend_in" }));
        this.page.showStatus(t("verify.resent"));
        this.timer.start(FIRST_LOOK);
      },
      (refusal) => this.handle(refusal),
    );
  }

  submit() {
    clearErrors(this.form);
    const code = this.field.value;
    if (!code || !canHoldCode(code)) {
      showError(this.field.input, code ? this.field.shapeText : t("field.code_empty"));
      focusError(this.form);
      return;
    }
    this.page.run(
      find(this.form, "[type=submit]"),
      async () => {
        await request("POST", `${this.path}/confirm`, { body: { code }, promises: "account" });
        ofTab.remove(KEY);
        this.timer.stop();
        sessionBegan();
        this.page.showStatus(t("email_change.done"));
      },
      (refusal) => this.handle(refusal),
    );
  }

  /** @param {Refusal} refusal */
  handle(refusal) {
    const { code, problem } = refusal;
    if (code === "flow_over") {
      this.close(t("email_change.over"));
      return true;
    }
    if (code === "code_wrong") {
      const count = problem.attempts_left ?? 0;
      showError(this.field.input, tPlural("email_change.wrong", { count }));
    } else if (code === "code_spent" || code === "code_expired") {
      showError(this.field.input, `${t(`verify.${code.slice(5)}`)} ${t("email_change.send_new")}`);
    } else if (code === "fields_rejected") showError(this.field.input, this.field.shapeText);
    else if (code === "too_many_requests") {
      this.resend.wait(refusal.retryIn);
      this.page.showStatus(waitText(refusal));
      return true;
    } else return false;
    focusError(this.form);
    return true;
  }
}

/**
 * The change that this account waits for in this tab. Another person at this computer neither sees nor
 * goes on with it.
 *
 * @param {Api.Account} account
 * @returns {{id: string, email: string} | null}
 */
function readWaiting(account) {
  try {
    const kept = JSON.parse(ofTab.read(KEY) ?? "null");
    if (kept?.owner === account.account_id) return kept;
  } catch {
    // Not written by this page: there is none.
  }
  ofTab.remove(KEY);
  return null;
}
