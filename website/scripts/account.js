// The account page, /account/<part>: what its owner sees and changes; asks for log-in and goes on.

import { runBusy, showTrouble } from "./dialogs/forms.js";
import { Refusal, SLOW } from "./api.js";
import { copyOf } from "./dom.js";
import { account, forgetSession, sessionChanges, signedIn } from "./session.js";
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
    this.place = this.querySelector(".part");
    this.status = this.querySelector(".status");
    const named = location.pathname.split("/account/")[1]?.replace(/\/$/, "");
    this.part = named in PARTS ? named : FIRST;
    const link = this.querySelector(`[data-part=${this.part}]`);
    if (this.part !== named) history.replaceState(history.state, "", link.pathname + location.hash);
    link.setAttribute("aria-current", "page");
    document.title = `${link.textContent} · ${document.title}`;
    sessionChanges.addEventListener("change", () => this.load());
    this.load();
  }

  async load() {
    // What came of an older look is of no interest any more.
    const look = (this.look = {});
    if (!signedIn()) return this.offerLogIn();
    const slow = setTimeout(() => this.showStatus(t("wait.slow")), SLOW);
    try {
      const [who, part] = await Promise.all([account(), PARTS[this.part]()]);
      const facts = who && (await part.read?.());
      if (this.look !== look) return null;
      if (!who) return this.offerLogIn();
      this.place.replaceChildren(copyOf(`part-${this.part}`));
      part.show(this.place, this, who, facts);
      this.place.removeAttribute("aria-busy");
    } catch (error) {
      if (this.look === look) this.fail(error);
    } finally {
      clearTimeout(slow);
      if (this.status.textContent === t("wait.slow")) this.showStatus("");
    }
    return null;
  }

  offerLogIn() {
    this.place.replaceChildren(copyOf("part-signed-out"));
    this.place.removeAttribute("aria-busy");
  }

  fail(error) {
    if (this.loggedOut(error)) return;
    this.place.replaceChildren(document.createElement("div"));
    showTrouble(this.place.firstElementChild, error, () => this.load(), this);
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
