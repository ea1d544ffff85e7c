// @ts-check
// <code-field>: one input for the mailed code. What is typed or pasted goes to the API as it is,
// which finds the code in a line or a subject of the mail, and counts nothing that can be none.

import { t } from "../texts.js";

const SHORTEST = 6;
/** Characters that the API reads; a longer text is not the line with the code. */
const LONGEST = 400;

/**
 * Whether a text may hold a code: it has as many digits and letters as the shortest.
 *
 * @param {string} text
 */
export const canHoldCode = (text) => (text.match(/[\p{L}\p{N}]/gu) ?? []).length >= SHORTEST;

export class CodeField extends HTMLElement {
  input = /** @type {HTMLInputElement} */ (this.querySelector("input"));

  /** What is in the field. */
  get value() {
    return this.input.value.trim().slice(0, LONGEST);
  }

  /** What a code looks like, for somebody who typed what can be none. It has cost no try. */
  get shapeText() {
    return t(this.hasAttribute("long") ? "verify.no_long_code" : "verify.no_code");
  }

  /**
   * Shows the keyboard that suits a code: digits, or letters for a long one.
   *
   * @param {boolean} isLong
   */
  setLong(isLong) {
    this.input.inputMode = isLong ? "text" : "numeric";
    this.toggleAttribute("long", isLong);
  }
}

customElements.define("code-field", CodeField);
