// @ts-check
// Decides which Idempotency-Key a form sends: the same one for as long as its content is the same.

/** After a lost response, trying again with the same content must not start a second flow. */
export class IdempotencyKey {
  #key = "";
  /** @type {string | null} */
  #content = null;

  /**
   * The key for a content.
   *
   * @param {string} content
   */
  for(content) {
    if (this.#content !== content) this.#key = crypto.randomUUID();
    this.#content = content;
    return this.#key;
  }
}
