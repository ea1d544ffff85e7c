// Part "profile": the address, since when, and the language of mails.

import { configuration } from "../account/policy.js";
import { ask } from "../api.js";
import { make } from "../dom.js";
import { dateText } from "../figures.js";
import { language, say } from "../words.js";

export const read = configuration;

export function show(place, page, who, { languages = [language] }) {
  place.querySelector("[data-email]").textContent = who.email;
  place.querySelector("[data-since]").textContent = dateText(new Date(who.created_at), "day");
  const form = place.querySelector("form");
  const field = form.elements.language;
  field.append(...languages.map((code) => make("option", { value: code, lang: code }, nameOf(code))));
  field.value = who.language;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    page.run(form.querySelector("[type=submit]"), async () => {
      await ask("PATCH", "/account", { body: { language: field.value } });
      page.say(say("profile.saved"));
    });
  });
}

/** A language's name in itself: English, Français. */
function nameOf(code) {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}
