// Step "updated": back to the page one was on, to log in there with the new password.

import { openFlow } from "../flow.js";

export function mount(step) {
  const page = openFlow()?.page;
  if (!page || page === location.pathname + location.search) return;
  // From the origin on, so that a path that starts with two slashes stays ours.
  step.querySelector("[data-return]").href = `${location.origin}${page}#log-in`;
}
