// <newsletter-choice>: subscribe by one click, see it, end it; in the last step and in the account.

import { request } from "../api.js";
import { announce } from "../dom.js";
import { dateText } from "../formatting.js";
import { fetchAccount, forgetSession } from "../session.js";
import { t } from "../texts.js";
import { runBusy } from "./forms.js";

// Which text stands above [Subscribe]; consent is kept with it. It changes when the text does.
const TEXT_VERSION = "2026-01";

class NewsletterChoice extends HTMLElement {
  connectedCallback() {
    this.status = this.querySelector("[role=status]");
    this.offer = this.querySelector("[data-subscribed=no]");
    this.subscribed = this.querySelector("[data-subscribed=yes]");
    this.undatedText = this.subscribed.querySelector("p").textContent;
    const [subscribe, end] = [this.offer, this.subscribed].map((part) => part.querySelector("button"));
    const run = (button, work) => button.addEventListener("click", () => runBusy(button, this, work, loggedOut));
    run(subscribe, () => this.subscribe());
    run(end, () => this.end());
  }

  /** Asks the account how it stands; until then it is as for somebody new. */
  async load() {
    const known = await fetchAccount().catch(() => null);
    // A choice made while the answer was on its way is newer than the answer.
    if (known && !this.chosen) this.show(known.newsletter, known.newsletter_since);
  }

  async subscribe() {
    const place = this.closest("dialog") ? "registration" : "account";
    const body = { text_version: TEXT_VERSION, language: document.documentElement.lang, place };
    await request("PUT", "/account/newsletter", { body });
    this.change(true);
  }

  async end() {
    await request("DELETE", "/account/newsletter");
    this.change(false);
  }

  change(subscribed) {
    this.chosen = true;
    this.show(subscribed);
    this.showStatus(subscribed ? "" : t("newsletter.ended"));
    // The button that had the focus is gone.
    (subscribed ? this.subscribed : this.offer).querySelector("p").focus();
  }

  show(subscribed, since) {
    this.offer.hidden = subscribed;
    this.subscribed.hidden = !subscribed;
    const date = since && dateText(new Date(since), "day");
    this.subscribed.querySelector("p").textContent = date ? t("newsletter.since", { date }) : this.undatedText;
  }

  showStatus(text) {
    this.status.textContent = text;
  }
}

/** A session that has ended meanwhile: the page or the dialog around offers log-in. */
function loggedOut(error) {
  if (error.code !== "not_signed_in") return false;
  announce(t("account.logged_out"));
  forgetSession();
  return true;
}

customElements.define("newsletter-choice", NewsletterChoice);
