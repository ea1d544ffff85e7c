// @ts-check
// <code-field>: one input for the mailed code. What is typed or pasted goes to the API as it is,
// which finds the code in a line or a subject of the mail, and counts nothing that can be none.

const SHORTEST = 6;
/** Characters that the API reads; a longer text is not the line with the code. */
export const LONGEST = 400;

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
