// Shows the file that somebody asked for before there was an account.

import { openFlow } from "../flow.js";

/** Its name with its size: XDCAM HD422, 2.5 GB. */
export const pendingDownloadText = ({ label, size }) => [label, size].filter(Boolean).join(", ");

export function showPendingDownload(step) {
  const pendingDownload = openFlow()?.pendingDownload;
  const line = step.querySelector(".pending-download");
  line.hidden = !pendingDownload;
  if (pendingDownload) line.querySelector("b").textContent = pendingDownloadText(pendingDownload);
}
