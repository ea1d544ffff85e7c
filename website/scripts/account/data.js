// @ts-check
// Part "data": saving everything that is held of the account, and deleting the account.

import { command, request } from "../api.js";
import { find, make } from "../dom.js";
import { forgetSession } from "../session.js";
import { sessionMark } from "../session-mark.js";
import { t } from "../texts.js";
import { AskingForm } from "./asking-form.js";

/** @typedef {import("../account.js").AccountPage} AccountPage */

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
  const asking = new AskingForm(find(container, "[data-section=deletion]"), page, {
    check: () => true,
    async send() {
      await deleteAccount(page, asking.password.value);
      page.showStatus(t("data.deleted"));
    },
    handle: () => false,
  });
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
    const part = await request("GET", `/account/export${query}`, { promises: "items" });
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

/**
 * @param {AccountPage} page
 * @param {string} password
 */
async function deleteAccount(page, password) {
  const ended = { sessionMark: sessionMark() };
  await command("POST", "/account/deletion", { body: { current_password: password } });
  forgetSession(ended);
  page.endFlows();
}
