// Step "terms": the terms of use before the first download, which goes on by accepting them.

import { request } from "../api.js";
import { announce, make } from "../dom.js";
import { resume, startDownload, withAccount } from "../downloads.js";
import { openFlow } from "../flow.js";
import { t } from "../texts.js";
import { runBusy, showFailure } from "./forms.js";
import { showPendingDownload } from "./pending-download.js";

/** The terms of use in force: `{version, language, title, paragraphs}`. */
export async function termsInForce() {
  const { current, items } = await request("GET", "/terms");
  return items.find((terms) => terms.version === current);
}

export function mount(step, dialog) {
  return new Terms(step, dialog);
}

class Terms {
  constructor(step, dialog) {
    this.step = step;
    this.dialog = dialog;
    this.container = step.querySelector(".text-box");
    this.button = step.querySelector("[data-accept]");
    this.button.addEventListener("click", () => this.accept());
    showPendingDownload(step);
    if (openFlow()?.pendingDownload?.link) this.button.textContent = t("terms.accept_link");
    this.load();
  }

  /** Shows the text; there is nothing to accept before it is there. */
  async load() {
    this.step.querySelector(".trouble")?.remove();
    this.button.hidden = true;
    try {
      const terms = await termsInForce();
      this.version = terms.version;
      this.container.replaceChildren(...terms.paragraphs.map((text) => make("p", { lang: terms.language }, text)));
      this.button.hidden = false;
    } catch (error) {
      showFailure(this.container, error, () => this.load(), this.dialog);
    }
    this.container.removeAttribute("aria-busy");
  }

  accept() {
    const pendingDownload = { ...openFlow().pendingDownload, terms: this.version };
    // The row that asked shows its own progress; on another page the download starts from here.
    if (resume(pendingDownload)) this.dialog.close();
    else runBusy(this.button, this.dialog, () => this.download(pendingDownload), (error) => this.refused(error));
  }

  async download(pendingDownload) {
    if (!(await withAccount(pendingDownload, startDownload))) return;
    this.dialog.close();
    announce(t("download.started"));
  }

  refused(error) {
    if (error.code !== "not_available" && error.code !== "withdrawn") return false;
    this.dialog.close();
    announce(t("download.gone"));
    return true;
  }
}
