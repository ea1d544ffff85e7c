// @ts-check
// Part "downloads": what was downloaded, newest first, and erasing that list.

import { command, request } from "../api.js";
import { copyOf, find } from "../dom.js";
import { dateText } from "../formatting.js";
import { t, tPlural } from "../texts.js";

/** @typedef {import("../account.js").AccountPage} AccountPage */

const SIMULTANEOUS_REQUESTS = 4;

/**
 * A page of the list.
 *
 * @param {string} [cursor] of a later page
 * @returns {Promise<Api.Downloads>}
 */
const loadPage = (cursor) =>
  request("GET", `/account/downloads${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`, {
    promises: "items",
  });

export const load = () => loadPage();

/**
 * @param {HTMLElement} container
 * @param {AccountPage} page
 * @param {Api.Account} _account
 * @param {Api.Downloads} firstPage
 */
export function show(container, page, _account, firstPage) {
  new DownloadHistory(container, page).start(firstPage);
}

class DownloadHistory {
  /** @type {string | null | undefined} */
  cursor;

  /**
   * @param {HTMLElement} container
   * @param {AccountPage} page
   */
  constructor(container, page) {
    this.container = container;
    this.page = page;
    this.list = find(container, ".history");
    this.more = find(container, "[data-more]");
    this.empty = find(container, ".none");
    this.erase = find(container, "[data-erase]");
    this.eraseButton = find(this.erase, "button");
    this.confirmation = find(container, ".sure");
    this.question = find(this.confirmation, "#sure");
    const moreButton = find(this.more, "button");
    const eraseNow = find(this.confirmation, "[data-yes]");
    moreButton.addEventListener("click", () => page.run(moreButton, () => this.showMore()));
    this.eraseButton.addEventListener("click", () => this.askToErase());
    find(this.confirmation, "[data-no]").addEventListener("click", () => this.keep());
    eraseNow.addEventListener("click", () => page.run(eraseNow, () => this.eraseAll()));
  }

  /** @param {Api.Downloads} firstPage */
  start(firstPage) {
    const isEmpty = !this.append(firstPage).length;
    this.erase.hidden = isEmpty;
    this.empty.hidden = !isEmpty;
  }

  /**
   * Adds a page of the list; returns its rows.
   *
   * @param {Api.Downloads} page
   */
  append({ items, next_cursor: cursor }) {
    const rows = items.map(row);
    this.list.append(...rows);
    nameVideos(rows);
    this.cursor = cursor;
    this.more.hidden = !cursor;
    return rows;
  }

  async showMore() {
    const [first] = this.append(await loadPage(this.cursor ?? undefined));
    first?.querySelector("a")?.focus();
  }

  askToErase() {
    this.page.showStatus("");
    this.erase.hidden = true;
    const count = this.list.children.length;
    this.question.textContent = this.cursor ? t("history.sure_all") : tPlural("history.sure", { count });
    this.confirmation.hidden = false;
    this.question.focus();
  }

  keep() {
    this.confirmation.hidden = true;
    this.erase.hidden = false;
    this.eraseButton.focus();
  }

  async eraseAll() {
    await command("DELETE", "/account/downloads");
    this.confirmation.hidden = true;
    this.list.replaceChildren();
    this.more.hidden = true;
    this.empty.hidden = false;
    this.page.showStatus(t("history.erased"));
    find(this.container, "#part-title").focus();
  }
}

/** @param {Api.Download} download */
function row({ video_id: video, rendition_id: rendition, downloaded_at: at }) {
  const line = find(copyOf("history-row"), "li");
  const date = new Date(at);
  const time = find(line, "time", HTMLTimeElement);
  time.dateTime = at;
  time.textContent = `${dateText(date, "short")}, ${dateText(date, "zoned")}`;
  const link = find(line, "a", HTMLAnchorElement);
  const home = find(document, ".mark", HTMLAnchorElement).pathname;
  link.href = `${home}videos/${encodeURIComponent(video)}`;
  link.textContent = video;
  find(line, ".hint").textContent = rendition;
  line.dataset.video = video;
  line.dataset.rendition = rendition;
  return line;
}

/**
 * Replaces ids by titles and formats. A video that no longer exists keeps its id.
 *
 * @param {HTMLElement[]} rows
 */
async function nameVideos(rows) {
  const ids = [...new Set(rows.map(({ dataset }) => dataset.video ?? ""))];
  const nameNext = async () => {
    for (let id = ids.shift(); id; id = ids.shift()) {
      /** @type {Api.Video | null} */
      const video = await request("GET", `/videos/${encodeURIComponent(id)}`, {
        promises: "renditions",
      }).catch(() => null);
      if (video) nameRows(rows, video);
    }
  };
  await Promise.all(Array.from({ length: SIMULTANEOUS_REQUESTS }, nameNext));
}

/**
 * @param {HTMLElement[]} rows
 * @param {Api.Video} video
 */
function nameRows(rows, video) {
  for (const line of rows) {
    if (line.dataset.video !== video.video_id) continue;
    const link = find(line, "a");
    link.textContent = video.title;
    link.dir = "auto";
    const file = video.renditions.find(({ rendition_id: id }) => id === line.dataset.rendition);
    if (file) find(line, ".hint").textContent = labelOf(file);
  }
}

/**
 * A file's label without its English words: the label of an audio file ends with some.
 *
 * @param {Api.Video["renditions"][number]} file
 */
const labelOf = ({ label, video }) => (video ? label : label.split(", ")[0]);
