// @ts-check
// Part "data": saving everything that is held of the account, and deleting the account.

import { command, request } from "../api.js";
import { clearErrors, fieldsOf, focusError, showError } from "../dialogs/forms.js";
import "../dialogs/password-field.js";
import { find, make } from "../dom.js";
import { timeIn } from "../error-text.js";
import { forgetSession } from "../session.js";
import { sessionMark } from "../session-mark.js";
import { t } from "../texts.js";

/** @typedef {import("../account.js").AccountPage} AccountPage */
/** @typedef {import("../api.js").Refusal} Refusal */

/** More parts than any account has: the end of a loop that the API would not end. */
const MOST_PARTS = 1000;

export const load = () => Promise.resolve(null);

/**
 * @param {HTMLElement} container
 * @param {AccountPage} page
 */
export function show(container, page) {
  const save = find(container, "[data-export] button");
  save.addEventListener("click", () =>
    page.run(save, async () => {
      saveFile("my-data.json", JSON.stringify(await allParts(page), null, 1));
      page.showStatus(t("data.saved"));
    }),
  );
  new Deletion(container, page);
}

/**
 * Everything that is held, part by part.
 *
 * @param {AccountPage} page
 */
async function allParts(page) {
  const items = [];
  let cursor = "";
  for (let number = 1; number <= MOST_PARTS; number += 1) {
    const query = cursor && `?cursor=${encodeURIComponent(cursor)}`;
    /** @type {Api.Export} */
    const part = await request("GET", `/account/export${query}`);
    items.push(...part.items);
    if (!part.next_cursor) return { exported_at: part.exported_at, items };
    cursor = part.next_cursor;
    page.showStatus(t("data.part", { number }));
  }
  throw new RangeError("an export without an end");
}

/**
 * Has the browser save a text as a file.
 *
 * @param {string} name
 * @param {string} content
 */
function saveFile(name, content) {
  const url = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  make("a", { href: url, download: name }).click();
  // Not at once: the browser begins to read it later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

class Deletion {
  /**
   * @param {HTMLElement} container
   * @param {AccountPage} page
   */
  constructor(container, page) {
    this.page = page;
    this.begin = find(container, "[data-delete]");
    this.form = find(container, "form", HTMLFormElement);
    this.password = fieldsOf(this.form, "password").password;
    this.submit = find(this.form, "[type=submit]");
    find(this.begin, "button").addEventListener("click", () => this.toggle(true));
    find(this.form, "[data-no]").addEventListener("click", () => this.toggle(false));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  /** @param {boolean} isAsked */
  toggle(isAsked) {
    this.page.showStatus("");
    this.form.hidden = !isAsked;
    this.begin.hidden = isAsked;
    if (isAsked) find(this.form, "#sure").focus();
    else find(this.begin, "button").focus();
  }

  send() {
    clearErrors(this.form);
    if (!this.password.value) {
      showError(this.password, t("field.password_empty"));
      focusError(this.form);
      return;
    }
    this.page.run(
      this.submit,
      () => this.deleteAccount(),
      (refusal) => this.handle(refusal),
    );
  }

  async deleteAccount() {
    const ended = { sessionMark: sessionMark() };
    await command("POST", "/account/deletion", { body: { current_password: this.password.value } });
    forgetSession(ended);
    this.page.showStatus(t("data.deleted"));
  }

  /** @param {Refusal} refusal */
  handle({ code, retryIn }) {
    if (code === "wrong_password") showError(this.password, t("data.wrong_password"));
    else if (code !== "too_many_requests") return false;
    else showError(this.password, t("data.waits", { time: timeIn(retryIn) }));
    this.password.value = "";
    focusError(this.form);
    return true;
  }
}
