// @ts-check
// <newsletter-choice>: subscribing to the newsletter and ending it, after registration and in the account.

import { command } from "../api.js";
import { announce, find } from "../dom.js";
import { dateText } from "../formatting.js";
import { fetchAccount, forgetSession, isNotSignedIn, signedIn } from "../session.js";
import { t } from "../texts.js";
import { runBusy } from "./forms.js";

// The version of the text above [Subscribe], kept with the consent. Change it with the text.
const TEXT_VERSION = "2026-01";

export class NewsletterChoice extends HTMLElement {
  status = find(this, "[role=status]");
  unsubscribedSection = find(this, "[data-subscribed=no]");
  subscribedSection = find(this, "[data-subscribed=yes]");
  subscribedLine = find(this.subscribedSection, "p");
  undatedText = this.subscribedLine.textContent;
  /** Whether somebody chose here; an answer that arrives later is older than the choice. */
  hasChosen = false;

  connectedCallback() {
    this.runOnClick(find(this.unsubscribedSection, "button"), () => this.subscribe());
    this.runOnClick(find(this.subscribedSection, "button"), () => this.end());
  }

  /**
   * @param {HTMLElement} button
   * @param {() => Promise<void>} work
   */
  runOnClick(button, work) {
    button.addEventListener("click", () => runBusy(button, this, work, handleLogOut));
  }

  /** Shows the account's choice; until it arrives, nobody has subscribed. */
  async load() {
    const account = await fetchAccount().catch(() => null);
    if (account && !this.hasChosen) this.show(account.newsletter, account.newsletter_since);
  }

  async subscribe() {
    const place = this.closest("dialog") ? "registration" : "account";
    const body = { text_version: TEXT_VERSION, language: document.documentElement.lang, place };
    await command("PUT", "/account/newsletter", { body });
    this.change(true);
  }

  async end() {
    await command("DELETE", "/account/newsletter");
    this.change(false);
  }

  /** @param {boolean} isSubscribed */
  change(isSubscribed) {
    this.hasChosen = true;
    this.show(isSubscribed);
    this.showStatus(isSubscribed ? "" : t("newsletter.ended"));
    // The button that had the focus is now hidden.
    find(isSubscribed ? this.subscribedSection : this.unsubscribedSection, "p").focus();
  }

  /**
   * @param {boolean} isSubscribed
   * @param {string | null} [since]
   */
  show(isSubscribed, since) {
    this.unsubscribedSection.hidden = isSubscribed;
    this.subscribedSection.hidden = !isSubscribed;
    const date = since && dateText(new Date(since), "day");
    this.subscribedLine.textContent = date ? t("newsletter.since", { date }) : this.undatedText;
  }

  /** @param {string} text */
  showStatus(text) {
    this.status.textContent = text;
  }
}

/**
 * Notes that the session has ended; the page or dialog around this element then offers log-in.
 *
 * @param {unknown} error
 */
function handleLogOut(error) {
  if (!isNotSignedIn(error)) return false;
  forgetSession(error);
  if (!signedIn()) announce(t("account.logged_out"));
  return true;
}

customElements.define("newsletter-choice", NewsletterChoice);
