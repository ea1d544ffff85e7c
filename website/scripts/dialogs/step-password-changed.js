// @ts-check
// Step "updated": the password was changed. Leads back to the page where the reset began, to log in.

import { find } from "../dom.js";
import { openFlow } from "../flow.js";
import { fetchAccount, signedIn } from "../session.js";
import { t } from "../texts.js";

/** @param {HTMLElement} step */
export function mount(step) {
  if (signedIn()) nameOther(step);
  const page = openFlow()?.page;
  if (!page || page === location.pathname + location.search) return;
  // With the origin in front, a path that begins with two slashes cannot lead to another site.
  find(step, "[data-return]", HTMLAnchorElement).href = `${location.origin}${page}#log-in`;
}

/**
 * Says who is still logged in here: the reset was that of another account.
 *
 * @param {HTMLElement} step
 */
async function nameOther(step) {
  const line = find(step, "[data-other]");
  line.hidden = false;
  find(step, ".actions").hidden = true;
  find(step, "[data-back]").hidden = true;
  const account = await fetchAccount().catch(() => null);
  line.textContent = t("reset.other_account", { email: account?.email ?? t("account.unknown") });
}
