// <download-list>: the files of a video; the format that was used last stands first.

import { copyText, make } from "./dom.js";
import { NoResponse, SLOW_AFTER } from "./api.js";
import { lastFormat, makeLink, startDownload, resumeOn, withAccount } from "./downloads.js";
import { dateText } from "./formatting.js";
import { errorText } from "./error-text.js";
import { t } from "./texts.js";

class DownloadList extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.rows = [...this.querySelectorAll("li[data-rendition]")];
    this.putLastFormatFirst();
    resumeOn((download) => this.resume(download));
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      const row = button?.closest("li[data-rendition]");
      if (!row) return;
      if (button.classList.contains("download")) this.download(row, button);
      else if ("link" in button.dataset) this.showLink(row, button);
      else if ("copy" in button.dataset) this.copy(row, button);
    });
  }

  putLastFormatFirst() {
    const last = lastFormat();
    const row = this.rows.find((row) => row.dataset.format === last);
    if (!row) return;
    row.parentElement.prepend(row);
    for (const other of this.rows) other.querySelector(".download").classList.toggle("plain", other !== row);
  }

  downloadOf(row) {
    const { rendition, format, label, size } = row.dataset;
    return { videoId: this.dataset.video, rendition, format, label, size };
  }

  /** Goes on with what was asked for here before log-in or the terms of use. */
  resume(download) {
    const row = this.rows.find((row) => row.dataset.rendition === download.rendition);
    if (download.videoId !== this.dataset.video || !row) return false;
    if (download.link) {
      row.querySelector("details").open = true;
      this.showLink(row, row.querySelector("[data-link]"), download);
    } else this.download(row, row.querySelector(".download"), download);
    return true;
  }

  download(row, button, download = this.downloadOf(row)) {
    return this.run(row, button, async () => {
      const link = await withAccount(download, startDownload);
      if (!link) return;
      this.showStatus(row, t("download.started"));
      this.drawLink(row, link);
    });
  }

  showLink(row, button, download = { ...this.downloadOf(row), link: true }) {
    return this.run(row, button, async () => {
      const link = await withAccount(download, makeLink);
      if (!link) return;
      this.drawLink(row, link);
      this.showStatus(row, "");
      row.querySelector(".link button").focus();
    });
  }

  drawLink(row, link) {
    const container = row.querySelector(".link");
    const url = new URL(link.download_url, location.href).href;
    // The link's own name has nothing in it that a shell takes for more than a letter.
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

  async copy(row, button) {
    const copied = await copyText(button.closest(".command").querySelector("code").textContent);
    const date = row.querySelector(".link").dataset.date;
    const words = button.dataset.copy === "link" ? t("download.link_copied", { date }) : t("download.copied");
    this.showStatus(row, copied ? words : t("transcript.copy_failed"));
  }

  /** Runs `work` behind a busy button, with patience; nothing that goes wrong is silent. */
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
      if (row.querySelector(".told").textContent === t("wait.slow")) this.showStatus(row, "");
      button.replaceChildren(...label);
      button.removeAttribute("aria-disabled");
    }
  }

  fail(row, error) {
    if (!(error instanceof NoResponse) && error.code === undefined) throw error;
    const gone = error.code === "not_available" || error.code === "withdrawn";
    this.showStatus(row, gone ? t("download.gone") : errorText(error));
  }

  showStatus(row, text) {
    row.querySelector(".told").textContent = text;
  }
}

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
