// @ts-check
// <account-page>: /account/<part> shows a part of the account, or offers log-in and then shows it.

import "./site.js";
import { NoResponse, SLOW_AFTER } from "./api.js";
import { runBusy, showFailure } from "./dialogs/forms.js";
import { copyOf, find, make, preloadModules } from "./dom.js";
import { endAllFlows } from "./flow.js";
import { fetchAccount, forgetSession, isNotSignedIn, sessionChanges, signedIn } from "./session.js";
import { t } from "./texts.js";

/**
 * A part of the account page: `load` fetches its data, `show` draws them.
 *
 * @template T
 * @typedef {object} Part
 * @property {() => Promise<T>} load
 * @property {(container: HTMLElement, page: AccountPage, account: Api.Account, data: T) => void} show
 */

const FIRST_PART = "profile";
const importFirstPart = () => import("./account/profile.js");
/** @type {[string, () => Promise<Part<any>>][]} */
const PART_MODULES = [
  [FIRST_PART, importFirstPart],
  ["newsletter", () => import("./account/newsletter.js")],
  ["downloads", () => import("./account/downloads.js")],
  ["security", () => import("./account/security.js")],
  ["journal", () => import("./account/journal.js")],
  ["data", () => import("./account/data.js")],
];
const PARTS = new Map(PART_MODULES);

/** The scripts of a part did not come. */
class ScriptLost extends NoResponse {}

/** @returns {never} */
function scriptIsLost() {
  throw new ScriptLost();
}

export class AccountPage extends HTMLElement {
  container = find(this, ".part");
  status = find(this, ".status");
  /** Which part of the account is shown. `part` alone is a property of every element. */
  partName = FIRST_PART;
  /** Identifies the newest call of load(); older calls must not draw. */
  newestLoad = Symbol();

  connectedCallback() {
    const requested = location.pathname.split("/account/")[1]?.replace(/\/$/, "");
    this.partName = PARTS.has(requested) ? requested : FIRST_PART;
    const link = find(this, `[data-part=${this.partName}]`, HTMLAnchorElement);
    if (this.partName !== requested) history.replaceState(history.state, "", link.pathname + location.hash);
    link.setAttribute("aria-current", "page");
    document.title = `${link.textContent} · ${document.title}`;
    if (signedIn()) preloadModules(link);
    sessionChanges.addEventListener("change", () => this.load());
    this.load();
  }

  async load() {
    const thisLoad = Symbol();
    this.newestLoad = thisLoad;
    if (!signedIn()) {
      this.offerLogIn();
      return;
    }
    const slow = setTimeout(() => this.showStatus(t("wait.slow")), SLOW_AFTER);
    try {
      const draw = await this.fetchPart();
      if (this.newestLoad === thisLoad) draw();
    } catch (error) {
      if (this.newestLoad === thisLoad) this.fail(error);
    } finally {
      clearTimeout(slow);
      if (this.status.textContent === t("wait.slow")) this.showStatus("");
    }
  }

  /** Fetches the account and the part's data; returns the function that draws them. */
  async fetchPart() {
    /** @type {() => Promise<Part<any>>} */
    const importPart = PARTS.get(this.partName) ?? importFirstPart;
    const [account, part] = await Promise.all([fetchAccount(), importPart().catch(scriptIsLost)]);
    if (!account) return () => this.offerLogIn();
    const data = await part.load();
    return () => this.draw(`part-${this.partName}`, () => part.show(this.container, this, account, data));
  }

  offerLogIn() {
    this.draw("part-signed-out");
  }

  /**
   * Replaces what is shown. The focus stays in it: at its heading, when it was at something that goes.
   *
   * @param {string} template
   * @param {() => void} [fill]
   */
  draw(template, fill) {
    const hadFocus = this.container.contains(document.activeElement);
    this.container.replaceChildren(copyOf(template));
    fill?.();
    this.container.removeAttribute("aria-busy");
    if (hadFocus) find(this.container, "h2").focus();
  }

  /** @param {unknown} error */
  fail(error) {
    if (this.handleLogOut(error)) return;
    const place = make("div");
    this.container.replaceChildren(place);
    // Firefox never asks again for a module that failed: the page has to come anew.
    const isAnew = error instanceof ScriptLost && navigator.onLine;
    showFailure(place, error, () => (isAnew ? location.reload() : this.load()), this);
  }

  /**
   * Runs `work` behind a busy button. If the session has ended meanwhile, the page offers log-in.
   *
   * @param {HTMLElement} button
   * @param {() => Promise<void>} work
   * @param {(refusal: import("./api.js").Refusal) => boolean | Promise<boolean>} [handle] its refusals
   */
  run(button, work, handle = () => false) {
    return runBusy(button, this, work, (error) => this.handleLogOut(error) || handle(error));
  }

  /**
   * Notes that the session has ended, if that is what the error says; returns whether it is.
   *
   * @param {unknown} error
   */
  handleLogOut(error) {
    if (!isNotSignedIn(error)) return false;
    forgetSession(error);
    this.showStatus(signedIn() ? "" : t("account.logged_out"));
    return true;
  }

  /**
   * Leaves as little behind as a log-out does, where the account is no more. The part that deletes it
   * does not import this by itself: one more file would be asked for with the page.
   */
  endFlows() {
    endAllFlows();
  }

  /**
   * Shows a text in the page's status line.
   *
   * @param {string} text
   */
  showStatus(text) {
    this.status.textContent = text;
    // Below a long part nobody would see it.
    if (text) this.status.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("account-page", AccountPage);
