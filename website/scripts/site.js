// What every page has: the header with the account, the banner, and the account dialogs on demand.

import { SLOW_AFTER } from "./api.js";
import { announce } from "./dom.js";
import { isWaitingForCode, endFlow, flowChanges, flowStep, openFlow } from "./flow.js";
import { fetchAccount, logOut, sessionChanges, signedIn } from "./session.js";
import { errorText } from "./error-text.js";
import { pathIn, t } from "./texts.js";

const DIALOGS = new Set([
  "register",
  "verify",
  "done",
  "log-in",
  "reset",
  "reset-code",
  "new-password",
  "updated",
  "terms",
]);

class SiteHeader extends HTMLElement {
  connectedCallback() {
    this.querySelector("button[data-for=signed-in]").addEventListener("click", () => this.leave());
    sessionChanges.addEventListener("change", () => this.update());
    flowChanges.addEventListener("change", () => this.show());
    this.update();
  }

  async update() {
    this.show();
    const address = this.querySelector(".account .address");
    address.textContent ||= t("account.unknown");
    if (!signedIn()) return;
    try {
      const email = (await fetchAccount())?.email;
      address.textContent = email ?? t("account.unknown");
      if (email) address.setAttribute("aria-label", t("account.of", { email }));
    } catch {
      address.textContent = t("account.unknown");
    }
    this.show();
  }

  show() {
    const here = signedIn();
    document.documentElement.classList.toggle("signed-in", here);
    for (const node of this.querySelectorAll("[data-for=signed-in]")) node.hidden = !here;
    for (const node of this.querySelectorAll("[data-for=signed-out]")) node.hidden = here;
    const waiting = isWaitingForCode();
    this.querySelector("[data-for=waiting]").hidden = !waiting;
    this.querySelector("[data-for=not-waiting]").hidden = waiting;
    this.querySelector("[data-for=waiting] a").href = `#${flowStep()}`;
    this.querySelector(".banner .address").textContent = openFlow()?.email ?? "";
  }

  async leave() {
    const slow = setTimeout(() => announce(t("wait.slow")), SLOW_AFTER);
    try {
      await logOut();
      endFlow();
      announce(t("account.log_out_done"));
      this.querySelector("a[href='#log-in']").focus();
    } catch (error) {
      announce(errorText(error));
    } finally {
      clearTimeout(slow);
    }
  }
}

customElements.define("site-header", SiteHeader);

// The other language shows the same page: path, query and fragment go along.
const keepAddress = ({ target }) => {
  const link = target.closest?.("a[data-switch]");
  if (!link) return;
  link.pathname = pathIn(link.hreflang);
  link.search = location.search;
  link.hash = location.hash;
};
for (const kind of ["click", "auxclick", "contextmenu"]) {
  document.addEventListener(kind, keepAddress, { capture: true });
}

let dialogs;
const loadDialogs = () => {
  dialogs ??= import("./dialogs/dialog.js").catch((error) => {
    dialogs = undefined;
    throw error;
  });
  return dialogs;
};

async function followFragment() {
  if (!DIALOGS.has(location.hash.slice(1))) return;
  try {
    await loadDialogs();
  } catch {
    announce(t(navigator.onLine ? "wait.no_answer" : "wait.offline"));
  }
}

// The dialogs are fetched when somebody is about to use them, not with the page.
const preloadDialogs = (event) => {
  const link = event.target.closest?.("a[href^='#']");
  if (link && DIALOGS.has(link.hash.slice(1))) loadDialogs().catch(() => {});
};
document.addEventListener("pointerover", preloadDialogs, { passive: true });
document.addEventListener("focusin", preloadDialogs);
addEventListener("hashchange", followFragment);
followFragment();
