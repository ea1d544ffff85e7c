// @ts-check
// Part "newsletter": the same choice as after registration.

import { find } from "../dom.js";
import { NewsletterChoice } from "../dialogs/newsletter-choice.js";

/** This part shows nothing but the account. */
export const load = () => Promise.resolve(null);

/**
 * @param {HTMLElement} container
 * @param {import("../account.js").AccountPage} _page
 * @param {Api.Account} account
 */
export function show(container, _page, account) {
  const choice = find(container, "newsletter-choice", NewsletterChoice);
  choice.show(account.newsletter, account.newsletter_since);
}
