// Part "profile": the address, since when, and the language of mails and of this page.

import { configuration } from "../dialogs/policy.js";
import { ask } from "../api.js";
import { make } from "../dom.js";
import { dateText } from "../formatting.js";
import { language, pathIn, t } from "../texts.js";

const SAVED = "#saved";

export const read = configuration;

export function show(place, page, who, { languages = [language] }) {
  place.querySelector("[data-email]").textContent = who.email;
  place.querySelector("[data-since]").textContent = dateText(new Date(who.created_at), "day");
  const form = place.querySelector("form");
  const field = form.elements.language;
  field.append(...languages.map((code) => make("option", { value: code, lang: code }, nameOf(code))));
  field.value = who.language;
  welcome(place, page);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    page.run(form.querySelector("[type=submit]"), async () => {
      const chosen = field.value;
      await ask("PATCH", "/account", { body: { language: chosen } });
      // Whoever has just chosen a language goes on in it. Back leads to the page before.
      if (chosen !== who.language && chosen !== language) location.replace(pathIn(chosen) + SAVED);
      else page.showStatus(t("profile.saved"));
      who.language = chosen;
    });
  });
}

/** Says in the chosen language that it was saved, once. */
function welcome(place, page) {
  if (location.hash !== SAVED) return;
  history.replaceState(history.state, "", location.pathname);
  page.showStatus(t("profile.saved_here"));
  place.querySelector("#part-title").focus();
}

/** A language's name in itself: English, Français. */
function nameOf(code) {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}
