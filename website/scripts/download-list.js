// @ts-check
// <download-list>: the files of a video; the format that was downloaded last comes first.

import { NoResponse, Refusal, SLOW_AFTER } from "./api.js";
import { closest, copyText, find, findAll, keepFocus, make } from "./dom.js";
import { lastFormat, makeLink, resumeOn, startDownload, withAccount } from "./downloads.js";
import { errorText, isGone } from "./error-text.js";
import { dateText } from "./formatting.js";
import { t } from "./texts.js";

/** @typedef {import("./downloads.js").FileRequest} FileRequest */

class DownloadList extends HTMLElement {
  rows = findAll(this, "li[data-rendition]");
  isReady = false;

  connectedCallback() {
    // The script of the page moves this element, which connects it again.
    if (this.isReady) return;
    this.isReady = true;
    this.putLastFormatFirst();
    resumeOn((file) => this.resume(file));
    this.addEventListener("click", (event) => this.handleClick(event));
  }

  /** @param {Event} event */
  handleClick(event) {
    const button = closest(event, "button");
    const row = button?.closest("li[data-rendition]");
    if (!button || !(row instanceof HTMLElement)) return;
    if (button.classList.contains("download")) this.download(row, button);
    else if (button.dataset.link !== undefined) this.showLink(row, button);
    else if (button.dataset.copy !== undefined) this.copy(row, button);
  }

  putLastFormatFirst() {
    const last = lastFormat();
    const first = this.rows.find((row) => row.dataset.format === last);
    if (!first) return;
    keepFocus(() => first.parentElement?.prepend(first));
    for (const row of this.rows) find(row, ".download").classList.toggle("plain", row !== first);
  }

  /**
   * The file of a row.
   *
   * @param {HTMLElement} row
   * @returns {FileRequest}
   */
  fileOf(row) {
    const { rendition = "", format = "", label = "", size } = row.dataset;
    return { videoId: this.dataset.video ?? "", rendition, format, label, size };
  }

  /**
   * Resumes what was requested here before log-in or the terms of use; returns whether it is here.
   *
   * @param {FileRequest} file
   */
  resume(file) {
    const row = this.rows.find(({ dataset }) => dataset.rendition === file.rendition);
    if (file.videoId !== this.dataset.video || !row) return false;
    if (file.link) {
      find(row, "details", HTMLDetailsElement).open = true;
      this.showLink(row, find(row, "[data-link]"), file);
    } else this.download(row, find(row, ".download"), file);
    return true;
  }

  /**
   * @param {HTMLElement} row
   * @param {HTMLElement} button
   * @param {FileRequest} [file]
   */
  download(row, button, file = this.fileOf(row)) {
    return this.run(row, button, async () => {
      const link = await withAccount(file, startDownload);
      if (!link) return;
      this.showStatus(row, t("download.started"));
      this.drawLink(row, link);
    });
  }

  /**
   * @param {HTMLElement} row
   * @param {HTMLElement} button
   * @param {FileRequest} [file]
   */
  showLink(row, button, file = { ...this.fileOf(row), link: true }) {
    return this.run(row, button, async () => {
      const link = await withAccount(file, makeLink);
      if (!link) return;
      this.drawLink(row, link);
      this.showStatus(row, "");
      find(row, ".link button").focus();
    });
  }

  /**
   * @param {HTMLElement} row
   * @param {Api.DownloadLink} link
   */
  drawLink(row, link) {
    const container = find(row, ".link");
    const url = new URL(link.download_url, location.href).href;
    // The server's file names hold no character that a shell would interpret.
    const name = decodeURIComponent(url.slice(url.lastIndexOf("/") + 1));
    const date = dateText(new Date(link.expires_at), "day");
    container.replaceChildren(
      command(t("download.link"), url, row, t("download.copy_link"), "link"),
      make("p", { className: "hint" }, t("download.link_made", { date })),
      command(t("download.curl"), `curl -f -L -C - -o "${name}" "${url}"`, row, t("download.copy")),
      command(t("download.aria"), `aria2c -x8 -s8 "${url}"`, row, t("download.copy")),
    );
    container.dataset.date = date;
  }

  /**
   * @param {HTMLElement} row
   * @param {HTMLElement} button
   */
  async copy(row, button) {
    const text = button.closest(".command")?.querySelector("code")?.textContent ?? "";
    const { date } = find(row, ".link").dataset;
    const done = button.dataset.copy === "link" ? t("download.link_copied", { date }) : t("download.copied");
    this.showStatus(row, (await copyText(text)) ? done : t("transcript.copy_failed"));
  }

  /**
   * Runs `work` behind a busy button: a second press is ignored, a slow response and every failure
   * show in the row's status line.
   *
   * @param {HTMLElement} row
   * @param {HTMLElement} button
   * @param {() => Promise<void>} work
   */
  async run(row, button, work) {
    if (button.getAttribute("aria-disabled") === "true") return;
    const label = [...button.childNodes];
    const slow = setTimeout(() => this.showStatus(row, t("wait.slow")), SLOW_AFTER);
    button.setAttribute("aria-disabled", "true");
    button.replaceChildren(t("wait.sending"));
    this.showStatus(row, "");
    try {
      await work();
    } catch (error) {
      this.fail(row, error);
    } finally {
      clearTimeout(slow);
      if (find(row, ".told").textContent === t("wait.slow")) this.showStatus(row, "");
      button.replaceChildren(...label);
      button.removeAttribute("aria-disabled");
    }
  }

  /**
   * @param {HTMLElement} row
   * @param {unknown} error
   */
  fail(row, error) {
    if (!(error instanceof NoResponse || error instanceof Refusal)) throw error;
    this.showStatus(row, isGone(error) ? t("download.gone") : errorText(error));
  }

  /**
   * @param {HTMLElement} row
   * @param {string} text
   */
  showStatus(row, text) {
    find(row, ".told").textContent = text;
  }
}

/**
 * A text to copy, with its name and its button.
 *
 * @param {string} name
 * @param {string} text
 * @param {HTMLElement} row
 * @param {string} label of the button
 * @param {string} [kind] "link" for the link itself
 */
function command(name, text, row, label, kind = "") {
  const button = make("button", { className: "quiet", type: "button" }, label);
  button.dataset.copy = kind;
  button.setAttribute("aria-label", `${label}: ${name}, ${row.dataset.label}`);
  return make(
    "div",
    { className: "command" },
    make("span", { className: "command-name" }, name),
    make("code", { tabIndex: 0 }, text),
    button,
  );
}

customElements.define("download-list", DownloadList);
