// @ts-check
// Remembers texts by key in the browser's storage, and in this page where the browser refuses that.

class Memory {
  #open;
  /** @type {Map<string, string | null>} what storage could not keep; it outranks what it holds */
  #kept = new Map();

  /** @param {() => Storage} open may throw, or return null: browsers do both */
  constructor(open) {
    this.#open = open;
  }

  /** @param {string} key */
  read(key) {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    try {
      return this.#open().getItem(key);
    } catch {
      return null;
    }
  }

  /**
   * @param {string} key
   * @param {string} text
   */
  write(key, text) {
    try {
      this.#open().setItem(key, text);
      this.#kept.delete(key);
    } catch {
      this.#kept.set(key, text);
    }
  }

  /** @param {string} key */
  remove(key) {
    this.#kept.delete(key);
    try {
      this.#open().removeItem(key);
    } catch {
      this.#kept.set(key, null);
    }
  }
}

/** What every tab of this browser knows. */
export const ofBrowser = new Memory(() => localStorage);

/** What this tab alone knows, until it is closed. */
export const ofTab = new Memory(() => sessionStorage);
