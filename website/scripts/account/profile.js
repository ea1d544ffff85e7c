// Part "profile": the address, since when, and the language of mails and of this page.

import { configuration } from "../dialogs/policy.js";
import { request } from "../api.js";
import { make } from "../dom.js";
import { dateText } from "../formatting.js";
import { language, pathIn, t } from "../texts.js";

const SAVED = "#saved";

export const load = configuration;

export function show(container, page, account, { languages = [language] }) {
  container.querySelector("[data-email]").textContent = account.email;
  container.querySelector("[data-since]").textContent = dateText(new Date(account.created_at), "day");
  const form = container.querySelector("form");
  const field = form.elements.language;
  field.append(...languages.map((code) => make("option", { value: code, lang: code }, nameOf(code))));
  field.value = account.language;
  confirmSaved(container, page);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    page.run(form.querySelector("[type=submit]"), async () => {
      const chosen = field.value;
      await request("PATCH", "/account", { body: { language: chosen } });
      // Whoever has just chosen a language goes on in it. Back leads to the page before.
      if (chosen !== account.language && chosen !== language) location.replace(pathIn(chosen) + SAVED);
      else page.showStatus(t("profile.saved"));
      account.language = chosen;
    });
  });
}

/** Says in the chosen language that it was saved, once. */
function confirmSaved(container, page) {
  if (location.hash !== SAVED) return;
  history.replaceState(history.state, "", location.pathname);
  page.showStatus(t("profile.saved_here"));
  container.querySelector("#part-title").focus();
}

/** A language's name in itself: English, Français. */
function nameOf(code) {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}
