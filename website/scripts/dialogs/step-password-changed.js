// @ts-check
// Step "updated": the password was changed. Leads back to the page where the reset began, to log in.

import { find } from "../dom.js";
import { openFlow } from "../flow.js";

/** @param {HTMLElement} step */
export function mount(step) {
  const page = openFlow()?.page;
  if (!page || page === location.pathname + location.search) return;
  // With the origin in front, a path that begins with two slashes cannot lead to another site.
  find(step, "[data-return]", HTMLAnchorElement).href = `${location.origin}${page}#log-in`;
}
