// Shows the file that somebody asked for before there was an account.

import { openFlow } from "../flow.js";

/** Its name with its size: XDCAM HD422, 2.5 GB. */
export const wantedText = (wanted) => [wanted.label, wanted.size].filter(Boolean).join(", ");

export function showWanted(step) {
  const wanted = openFlow()?.wanted;
  const line = step.querySelector(".wanted");
  line.hidden = !wanted;
  if (wanted) line.querySelector("b").textContent = wantedText(wanted);
}
