// Part "newsletter": the same choice as after registration.

import "../dialogs/newsletter-choice.js";

export function show(container, page, account) {
  container.querySelector("newsletter-choice").show(account.newsletter, account.newsletter_since);
}
