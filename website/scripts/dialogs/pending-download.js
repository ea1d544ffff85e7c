// @ts-check
// Shows the file that waits for log-in, registration or the terms of use.

import { find } from "../dom.js";
import { openFlow } from "../flow.js";

/**
 * A file's label with its size: XDCAM HD422, 2.5 GB.
 *
 * @param {import("../downloads.js").FileRequest} file
 */
export const pendingDownloadText = ({ label, size }) => [label, size].filter(Boolean).join(", ");

/** @param {HTMLElement} step */
export function showPendingDownload(step) {
  const file = openFlow()?.pendingDownload;
  const line = find(step, ".pending-download");
  line.hidden = !file;
  if (file) find(line, "b").textContent = pendingDownloadText(file);
}
