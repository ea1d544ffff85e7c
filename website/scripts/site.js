// @ts-check
// What every page has: the header with the account, the banner, and the account dialogs on demand.

import { SLOW_AFTER, TIMEOUT } from "./api.js";
import { isStep } from "./dialogs/allowed-step.js";
import { announce, closest, closestLink, find, findAll, preloadModules } from "./dom.js";
import { errorText } from "./error-text.js";
import { endAllFlows, flowChanges, flowStep, isWaitingForCode, openFlow } from "./flow.js";
import { fetchAccount, logOut, sessionChanges, signedIn } from "./session.js";
import { sessionMark } from "./session-mark.js";
import { pathIn, t } from "./texts.js";

/** Milliseconds after the page is complete: what its first view shows has come by then. */
const IDLE_AFTER = 2_000;

class SiteHeader extends HTMLElement {
  /** Identifies the newest update; the answers of older ones must not be shown. */
  newest = Symbol();
  /** @type {string | undefined} the session whose address is shown */
  mark;

  connectedCallback() {
    find(this, "button[data-for=signed-in]").addEventListener("click", () => this.logOut());
    sessionChanges.addEventListener("change", () => this.update());
    flowChanges.addEventListener("change", () => this.show());
    this.update();
  }

  async update() {
    const update = Symbol();
    this.newest = update;
    this.show();
    // Nobody sees the address of the person before while the answer is awaited.
    if (this.mark !== sessionMark()) this.showAddress();
    this.mark = sessionMark();
    if (!signedIn()) return;
    const account = await fetchAccount().catch(() => null);
    if (this.newest !== update) return;
    this.showAddress(account?.email);
    this.show();
  }

  /** @param {string} [email] */
  showAddress(email) {
    const address = find(this, ".account .address");
    address.textContent = email ?? t("account.unknown");
    if (email) address.setAttribute("aria-label", t("account.of", { email }));
    else address.removeAttribute("aria-label");
  }

  show() {
    const isSignedIn = signedIn();
    document.documentElement.classList.toggle("signed-in", isSignedIn);
    for (const node of findAll(this, "[data-for=signed-in]")) node.hidden = !isSignedIn;
    for (const node of findAll(this, "[data-for=signed-out]")) node.hidden = isSignedIn;
    const isWaiting = isWaitingForCode();
    find(this, "[data-for=waiting]").hidden = !isWaiting;
    find(this, "[data-for=not-waiting]").hidden = isWaiting;
    find(this, "[data-for=waiting] a", HTMLAnchorElement).href = `#${flowStep()}`;
    find(this, ".banner .address").textContent = openFlow()?.email ?? "";
  }

  async logOut() {
    const button = find(this, "button[data-for=signed-in]");
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    announce(t("wait.sending"), TIMEOUT);
    const slow = setTimeout(() => announce(t("wait.slow"), TIMEOUT), SLOW_AFTER);
    try {
      await logOut();
      endAllFlows();
      announce(t("account.log_out_done"));
      find(this, "a[href='#log-in']").focus();
    } catch (error) {
      announce(errorText(error));
    } finally {
      clearTimeout(slow);
      button.removeAttribute("aria-disabled");
    }
  }
}

customElements.define("site-header", SiteHeader);

/**
 * Has a link to the other language lead to this same page, with its query and fragment.
 *
 * @param {Event} event
 */
function keepAddress(event) {
  const link = closestLink(event, "a[data-switch]");
  if (!link) return;
  link.pathname = pathIn(link.hreflang);
  link.search = location.search;
  link.hash = location.hash;
}
for (const type of ["click", "auxclick", "contextmenu"]) {
  document.addEventListener(type, keepAddress, { capture: true });
}

/** @type {Promise<unknown> | undefined} */
let dialogs;

let dialogsAreHere = false;

/** Whether somebody waited for the dialogs in vain. */
let dialogsFailed = false;

/** Loads the account dialogs once; a failed attempt may be repeated. */
function loadDialogs() {
  if (!dialogs) preloadModules(find(document, "account-dialog"));
  dialogs ??= import("./dialogs/dialog.js").then(
    () => (dialogsAreHere = true),
    (error) => {
      dialogs = undefined;
      throw error;
    },
  );
  return dialogs;
}

async function followFragment() {
  if (!isStep(location.hash.slice(1)) || dialogsAreHere) return;
  // Firefox never asks again for a module that failed; the page that comes anew opens the dialog.
  if (dialogsFailed && navigator.onLine) {
    location.reload();
    return;
  }
  // Said before anything is asked of the network: the press was heard.
  announce(t("wait.opening"), TIMEOUT);
  const slow = setTimeout(() => announce(t("wait.slow"), TIMEOUT), SLOW_AFTER);
  try {
    const tooLate = new Promise((_, giveUp) => {
      setTimeout(giveUp, TIMEOUT);
    });
    await Promise.race([loadDialogs(), tooLate]);
    announce("");
  } catch {
    dialogsFailed = true;
    announce(t(navigator.onLine ? "wait.no_answer" : "wait.offline"));
    // Or a second press of the same link would change nothing, and nobody would hear it.
    history.replaceState(history.state, "", location.pathname + location.search);
  } finally {
    clearTimeout(slow);
  }
}

/**
 * Loads the dialogs when somebody is about to open one, and not with the page.
 *
 * @param {Event} event
 */
function preloadDialogs(event) {
  const link = closestLink(event, "a[href^='#']");
  if (link ? isStep(link.hash.slice(1)) : closest(event, ".download")) loadDialogs().catch(() => {});
}

/** On a touch screen nothing announces a press, so that the dialogs come when nothing else does. */
function preloadWhenIdle() {
  if (navigator.connection?.saveData || signedIn()) return;
  setTimeout(() => loadDialogs().catch(() => {}), IDLE_AFTER);
}
document.addEventListener("pointerover", preloadDialogs, { passive: true });
document.addEventListener("focusin", preloadDialogs);
addEventListener("hashchange", followFragment);
// These scripts wait for the texts, so the page may be complete before they run.
if (document.readyState === "complete") preloadWhenIdle();
else addEventListener("load", preloadWhenIdle);
followFragment();
