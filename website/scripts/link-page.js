// @ts-check
// What the pages share that a mail's link leads to: the token in it, and the line that tells how it
// goes.

import { find } from "./dom.js";

// Kept here: a dialog that is opened on this page takes the fragment's place.
export const token = location.hash.slice(1);

export const section = find(document, "main section");

const status = find(section, "[role=status]");

export const statusLine = {
  status,
  /** @param {string} text */
  showStatus(text) {
    status.textContent = text;
  },
};
