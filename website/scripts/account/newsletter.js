// Part "newsletter": the same choice as after registration.

import "../dialogs/newsletter-choice.js";

export function show(place, page, who) {
  place.querySelector("newsletter-choice").show(who.newsletter, who.newsletter_since);
}
