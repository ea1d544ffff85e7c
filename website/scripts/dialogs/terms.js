// @ts-check
// Step "terms": the terms of use before the first download. Accepting them starts it.

import { request } from "../api.js";
import { announce, find, make } from "../dom.js";
import { resume, startDownload, withAccount } from "../downloads.js";
import { isGone } from "../error-text.js";
import { openFlow } from "../flow.js";
import { t } from "../texts.js";
import { runBusy, showFailure } from "./forms.js";
import { showPendingDownload } from "./pending-download.js";

/** @typedef {import("./dialog.js").AccountDialog} AccountDialog */

/** The terms of use in force. */
export async function termsInForce() {
  /** @type {Api.TermsVersions} */
  const { current, items } = await request("GET", "/terms", { promises: "current" });
  const terms = items.find(({ version }) => version === current);
  if (!terms) throw new TypeError("the list of terms lacks the current version");
  return terms;
}

/**
 * @param {HTMLElement} step
 * @param {AccountDialog} dialog
 */
export function mount(step, dialog) {
  new Terms(step, dialog).load();
}

class Terms {
  version = "";

  /**
   * @param {HTMLElement} step
   * @param {AccountDialog} dialog
   */
  constructor(step, dialog) {
    this.step = step;
    this.dialog = dialog;
    this.container = find(step, ".text-box");
    this.button = find(step, "[data-accept]");
    this.button.addEventListener("click", () => this.accept());
    showPendingDownload(step);
    if (openFlow()?.pendingDownload?.link) this.button.textContent = t("terms.accept_link");
  }

  /** Shows the text. The button to accept it appears with it. */
  async load() {
    this.step.querySelector(".trouble")?.remove();
    this.button.hidden = true;
    try {
      const { version, language: lang, paragraphs } = await termsInForce();
      this.version = version;
      this.container.replaceChildren(...paragraphs.map((text) => make("p", { lang }, text)));
      this.button.hidden = false;
    } catch (error) {
      showFailure(this.container, error, () => this.load(), this.dialog);
    }
    this.container.removeAttribute("aria-busy");
  }

  accept() {
    const pendingDownload = openFlow()?.pendingDownload;
    if (!pendingDownload) {
      // Another tab ended the flow meanwhile.
      this.dialog.close();
      return;
    }
    const file = { ...pendingDownload, terms: this.version };
    // The list on the file's own page shows progress; on any other page the download starts here.
    if (resume(file)) this.dialog.close();
    else runBusy(this.button, this.dialog, () => this.download(file), (error) => this.handleRefusal(error));
  }

  /** @param {import("../downloads.js").FileRequest} file */
  async download(file) {
    if (!(await withAccount(file, startDownload))) return;
    this.close();
    announce(t("download.started"));
  }

  /** @param {import("../api.js").Refusal} refusal */
  handleRefusal(refusal) {
    if (!isGone(refusal)) return false;
    this.close();
    announce(t("download.gone"));
    return true;
  }

  /** Closes this step; a person who has left it may be at another by now. */
  close() {
    if (this.button.isConnected) this.dialog.close();
  }
}
