// The account page, /account/<part>: what its owner sees and changes; asks for log-in and goes on.

import { runBusy, showFailure } from "./dialogs/forms.js";
import { Refusal, SLOW_AFTER } from "./api.js";
import { copyOf } from "./dom.js";
import { fetchAccount, forgetSession, sessionChanges, signedIn } from "./session.js";
import { t } from "./texts.js";

const PARTS = {
  profile: () => import("./account/profile.js"),
  newsletter: () => import("./account/newsletter.js"),
  downloads: () => import("./account/downloads.js"),
  security: () => import("./account/security.js"),
};
const FIRST = "profile";

class AccountPage extends HTMLElement {
  connectedCallback() {
    this.container = this.querySelector(".part");
    this.status = this.querySelector(".status");
    const requested = location.pathname.split("/account/")[1]?.replace(/\/$/, "");
    this.part = requested in PARTS ? requested : FIRST;
    const link = this.querySelector(`[data-part=${this.part}]`);
    if (this.part !== requested) history.replaceState(history.state, "", link.pathname + location.hash);
    link.setAttribute("aria-current", "page");
    document.title = `${link.textContent} · ${document.title}`;
    sessionChanges.addEventListener("change", () => this.load());
    this.load();
  }

  async load() {
    // What came of an older load is of no interest any more.
    const loadId = (this.loadId = {});
    if (!signedIn()) return this.offerLogIn();
    const slow = setTimeout(() => this.showStatus(t("wait.slow")), SLOW_AFTER);
    try {
      const [account, part] = await Promise.all([fetchAccount(), PARTS[this.part]()]);
      const data = account && (await part.load?.());
      if (this.loadId !== loadId) return null;
      if (!account) return this.offerLogIn();
      this.container.replaceChildren(copyOf(`part-${this.part}`));
      part.show(this.container, this, account, data);
      this.container.removeAttribute("aria-busy");
    } catch (error) {
      if (this.loadId === loadId) this.fail(error);
    } finally {
      clearTimeout(slow);
      if (this.status.textContent === t("wait.slow")) this.showStatus("");
    }
    return null;
  }

  offerLogIn() {
    this.container.replaceChildren(copyOf("part-signed-out"));
    this.container.removeAttribute("aria-busy");
  }

  fail(error) {
    if (this.loggedOut(error)) return;
    this.container.replaceChildren(document.createElement("div"));
    showFailure(this.container.firstElementChild, error, () => this.load(), this);
  }

  /** Runs `work` behind a busy button; a session that has ended meanwhile asks for log-in. */
  run(button, work) {
    return runBusy(button, this, work, (error) => this.loggedOut(error));
  }

  loggedOut(error) {
    if (!(error instanceof Refusal) || error.code !== "not_signed_in") return false;
    forgetSession();
    this.showStatus(t("account.logged_out"));
    return true;
  }

  /** Says something in the page's status line. */
  showStatus(text) {
    this.status.textContent = text;
  }
}

customElements.define("account-page", AccountPage);
