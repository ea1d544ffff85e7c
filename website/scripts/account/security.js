// @ts-check
// Part "security": the browsers that are logged in, the password, the address, and access keys.

import { command, request } from "../api.js";
import { copyOf, find, findAll } from "../dom.js";
import { dateText } from "../formatting.js";
import { language, t } from "../texts.js";
import { showEmailForm } from "./email.js";
import { loadKeys, showKeys } from "./keys.js";
import { showPasswordForm } from "./password.js";

/** @typedef {import("../account.js").AccountPage} AccountPage */

const FEWEST_TO_END_AT_ONCE = 3;

export async function load() {
  /** @type {Promise<Api.Sessions>} */
  const sessions = request("GET", "/account/sessions", { promises: "items" });
  const [{ items }, keys] = await Promise.all([sessions, loadKeys()]);
  return { sessions: items, keys };
}

/**
 * @param {HTMLElement} container
 * @param {AccountPage} page
 * @param {Api.Account} account
 * @param {{sessions: Api.Session[], keys: Api.AccessKeys}} data
 */
export function show(container, page, account, { sessions, keys }) {
  showPasswordForm(find(container, "[data-section=password]"), page, account);
  showEmailForm(find(container, "[data-section=email]"), page, account);
  showKeys(find(container, "[data-section=keys]"), page, keys);
  find(container, ".sessions").append(...sessions.map((session) => row(session, container, page)));
  const others = find(container, "[data-others]");
  // One other browser has a button of its own.
  others.hidden = sessions.length < FEWEST_TO_END_AT_ONCE;
  const button = find(others, "button");
  button.addEventListener("click", () =>
    page.run(button, async () => {
      await command("DELETE", "/account/sessions/others");
      for (const line of findAll(container, ".sessions:not(.keys) li:not(.current)")) line.remove();
      others.hidden = true;
      page.showStatus(t("sessions.others_ended"));
      find(container, "#part-title").focus();
    }),
  );
}

/** @param {string} time */
const moment = (time) => dateText(new Date(time), "moment");

/**
 * @param {Api.Session} session
 * @param {HTMLElement} container
 * @param {AccountPage} page
 */
function row(session, container, page) {
  const line = find(copyOf("session-row"), "li");
  const browser = session.browser || t("sessions.unknown");
  find(line, ".browser").textContent = browser;
  find(line, ".hint").textContent = factsOf(session).join(" · ");
  line.classList.toggle("current", session.current);
  const button = find(line, "button");
  // The header has the button that logs this browser out.
  button.hidden = session.current;
  button.setAttribute("aria-label", t("sessions.end", { browser }));
  button.addEventListener("click", () =>
    page.run(button, async () => {
      await command("DELETE", `/account/sessions/${encodeURIComponent(session.session_id)}`);
      line.remove();
      page.showStatus(t("sessions.ended", { browser }));
      find(container, "#part-title").focus();
    }),
  );
  return line;
}

/** @param {Api.Session} session */
function factsOf(session) {
  const began = t("sessions.began", { date: moment(session.created_at) });
  const place = session.country ? [t("sessions.from", { place: countryName(session.country) })] : [];
  const kept = session.keep ? [t("sessions.kept")] : [];
  if (session.current) return [t("sessions.current"), began, ...place, ...kept];
  return [began, ...place, t("sessions.used", { date: moment(session.last_used_at) }), ...kept];
}

/** @param {string} code of a country (ISO 3166-1) */
function countryName(code) {
  try {
    return new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}
