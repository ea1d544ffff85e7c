// @ts-check
// <code-field>: one input for the mailed code. Typed spaces and dashes are not sent.

/**
 * A typed code without the separators that people and mail programs put into it.
 *
 * @param {string} typed
 */
export const cleanCode = (typed) => typed.replace(/[\s\u00ad\u2010-\u2015-]/g, "");

export class CodeField extends HTMLElement {
  input = /** @type {HTMLInputElement} */ (this.querySelector("input"));

  /** The code as the API takes it. */
  get value() {
    return cleanCode(this.input.value);
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
