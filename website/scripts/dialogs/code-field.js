// <code-field>: one input for the mailed code; spaces and dashes are dropped, nothing is sent by it.

class CodeField extends HTMLElement {
  get input() {
    return this.querySelector("input");
  }

  /** The code as it is sent. */
  get value() {
    return this.input.value.replace(/[\s\u00ad\u2010-\u2015-]/g, "");
  }

  /** `digits_6` or `base32_10`: decides which keyboard a phone shows. */
  set format(format) {
    const long = format === "base32_10";
    this.input.inputMode = long ? "text" : "numeric";
    this.toggleAttribute("long", long);
  }
}

customElements.define("code-field", CodeField);
