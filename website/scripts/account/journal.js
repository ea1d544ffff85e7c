// @ts-check
// Part "journal": what happened to the account, newest first.

import { request } from "../api.js";
import { copyOf, find } from "../dom.js";
import { dateText } from "../formatting.js";
import { t } from "../texts.js";

/** @typedef {import("../account.js").AccountPage} AccountPage */

/**
 * A page of the journal.
 *
 * @param {string} [cursor] of a later page
 * @returns {Promise<Api.Journal>}
 */
const loadPage = (cursor) =>
  request("GET", `/account/journal${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`, {
    promises: "items",
  });

export const load = () => loadPage();

/**
 * @param {HTMLElement} container
 * @param {AccountPage} page
 * @param {Api.Account} _account
 * @param {Api.Journal} firstPage
 */
export function show(container, page, _account, firstPage) {
  const list = find(container, ".journal");
  const more = find(container, "[data-more]");
  const button = find(more, "button");
  let cursor = firstPage.next_cursor;

  /** @param {Api.Journal} entries */
  const append = ({ items, next_cursor: next }) => {
    const rows = items.map(row);
    list.append(...rows);
    cursor = next;
    more.hidden = !cursor;
    return rows;
  };

  append(firstPage);
  button.addEventListener("click", () =>
    page.run(button, async () => {
      const [first] = append(await loadPage(cursor ?? undefined));
      first?.focus();
    }),
  );
}

/** @param {Api.JournalEntry} event */
function row({ kind, at, browser, actor }) {
  const line = find(copyOf("journal-row"), "li");
  const time = find(line, "time", HTMLTimeElement);
  time.dateTime = at;
  time.textContent = dateText(new Date(at), "moment");
  find(line, ".what").textContent = t(`journal.${kind}`);
  find(line, ".hint").textContent = actor === "operator" ? t("journal.operator") : browser;
  return line;
}
