// @ts-check
// Part "profile": the address, the day of registration, and the language of mails and of this page.

import { request } from "../api.js";
import { find, make } from "../dom.js";
import { dateText } from "../formatting.js";
import { configuration } from "../dialogs/policy.js";
import { language, pathIn, t } from "../texts.js";

/** @typedef {import("../account.js").AccountPage} AccountPage */

const SAVED = "#saved";

export const load = configuration;

/**
 * @param {HTMLElement} container
 * @param {AccountPage} page
 * @param {Api.Account} account
 * @param {Partial<Api.Configuration>} configuration
 */
export function show(container, page, account, { languages = [language] }) {
  find(container, "[data-email]").textContent = account.email;
  find(container, "[data-since]").textContent = dateText(new Date(account.created_at), "day");
  const form = find(container, "form", HTMLFormElement);
  const select = find(form, "[name=language]", HTMLSelectElement);
  select.append(...languages.map((code) => make("option", { value: code, lang: code }, nameOf(code))));
  select.value = account.language;
  // Only if it is so: anybody can make a link that ends like this.
  if (location.hash === SAVED && account.language === language) confirmSaved(container, page);
  let saved = account.language;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    page.run(find(form, "[type=submit]"), async () => {
      const chosen = select.value;
      await request("PATCH", "/account", { body: { language: chosen }, promises: "language" });
      // A newly chosen language changes this page too; Back then leads to the page before it.
      if (chosen !== saved && chosen !== language) location.replace(pathIn(chosen) + SAVED);
      else page.showStatus(t("profile.saved"));
      saved = chosen;
    });
  });
}

/**
 * Says once, in the language that was chosen, that it was saved.
 *
 * @param {HTMLElement} container
 * @param {AccountPage} page
 */
function confirmSaved(container, page) {
  history.replaceState(history.state, "", location.pathname);
  page.showStatus(t("profile.saved_here"));
  find(container, "#part-title").focus();
}

/**
 * The name of a language in that language: English, Français.
 *
 * @param {string} code
 */
function nameOf(code) {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}
