// @ts-check
// Gives the site's scripts what they need of a browser, so that Node can load them. Loaded before
// every test file (`node --import`); each test file runs in a process of its own.

import { registerHooks } from "node:module";
import process from "node:process";

const ROOT = new URL("../../../", import.meta.url);
const SCRIPTS = new URL("website/scripts/", ROOT).href;
const PUBLISHED_TEXTS = new URL("website/texts/", ROOT).href;
const WRITTEN_TEXTS = new URL(".local/javascript/texts/", ROOT).href;

process.env.TZ = "Europe/Brussels";

// Publishing puts the texts beside the scripts; here they are where tools/javascript_checks.py
// wrote them. No package.json says that the site's scripts are modules, as browsers know that.
registerHooks({
  resolve(specifier, context, next) {
    const wanted = context.parentURL ? new URL(specifier, context.parentURL).href : specifier;
    const isText = wanted.startsWith(PUBLISHED_TEXTS);
    if (!isText && !wanted.startsWith(SCRIPTS)) return next(specifier, context);
    const url = wanted.replace(PUBLISHED_TEXTS, WRITTEN_TEXTS);
    return { ...next(url, context), format: "module" };
  },
});

/** The part of Storage that the site uses; `forbid` makes every call throw, as browsers may. */
export class FakeStorage {
  /** @type {Map<string, string>} */
  #items = new Map();
  isForbidden = false;
  /** As a browser whose storage is full: what was there can be read, nothing new can be kept. */
  isFull = false;

  /** @param {string} key */
  getItem(key) {
    this.#assertAllowed();
    return this.#items.get(key) ?? null;
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) {
    this.#assertAllowed();
    if (this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.#items.set(key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    this.#assertAllowed();
    this.#items.delete(key);
  }

  clear() {
    this.isForbidden = false;
    this.isFull = false;
    this.#items.clear();
  }

  #assertAllowed() {
    if (this.isForbidden) throw new DOMException("denied", "SecurityError");
  }
}

/** A document whose cookies are kept as a browser keeps them: by name, gone with Max-Age=0. */
class FakeDocument extends EventTarget {
  documentElement = { lang: "en" };
  hidden = false;
  /** @type {Map<string, string>} */
  #cookies = new Map();

  get cookie() {
    return Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join("; ");
  }

  set cookie(text) {
    const [pair, ...attributes] = text.split(/;\s*/);
    const [name, value] = pair.split("=");
    if (attributes.includes("Max-Age=0")) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }

  querySelector() {
    return null;
  }
}

const events = new EventTarget();
const globals = {
  HTMLElement: class {},
  customElements: { define() {} },
  document: new FakeDocument(),
  location: { origin: "https://media.example", protocol: "https:", pathname: "/", search: "", hash: "" },
  localStorage: new FakeStorage(),
  sessionStorage: new FakeStorage(),
  navigator: { onLine: true },
  addEventListener: events.addEventListener.bind(events),
  dispatchEvent: events.dispatchEvent.bind(events),
};
for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
