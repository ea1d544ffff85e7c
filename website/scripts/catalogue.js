// @ts-check
// <video-catalogue>: the list came with the page; further rows come on request, and again for those
// who come back.

import "./site.js";
import { NoResponse, request, SLOW_AFTER } from "./api.js";
import { find, make, replaceInside } from "./dom.js";
import { errorText } from "./error-text.js";
import { filterLine, filtersIn } from "./list-filter.js";
import { t, tPlural } from "./texts.js";
import { addRow, takeOverRows } from "./video-rows.js";

const PAGE_SIZE = 20; // as many as come with the page
const MOST_AT_ONCE = 100; // the API gives no more
const SCROLLED_AFTER = 200; // ms without a movement

class VideoCatalogue extends HTMLElement {
  days = find(this, ".days");
  message = find(this, "div.state");
  more = find(this, ".more");
  button = make("button", { className: "button plain", type: "button" }, t("catalogue.more"));
  status = find(this, "[role=status]");
  filters = filtersIn(location.search);
  loading = false;
  failed = false;
  /** @type {string | null} of the next page; null after the last */
  cursor = this.dataset.next || null;

  connectedCallback() {
    // The link leads to a page of its own; with this script the rows come into this one.
    replaceInside(this.more, this.button);
    this.button.addEventListener("click", () => this.showMore());
    addEventListener("online", () => this.failed && this.showMore());
    if (this.filters.size) replaceInside(find(this, ".filters"), ...filterLine(this.filters));
    takeOverRows(this.days);
    this.restorePlace().then(() => this.followPlace());
  }

  /** @returns {NodeListOf<HTMLElement>} */
  get rows() {
    return this.days.querySelectorAll(".row");
  }

  /** Browsers forget on a reload what is noted while they leave the page, so it is noted before. */
  followPlace() {
    let pause = 0;
    const note = () => this.rememberPlace();
    const noteSoon = () => {
      clearTimeout(pause);
      pause = setTimeout(note, SCROLLED_AFTER);
    };
    addEventListener("scroll", noteSoon, { passive: true });
    addEventListener("pagehide", note);
  }

  /** Keeps with this page's entry in the history how far its reader has come. */
  rememberPlace() {
    const place = { rows: this.rows.length, top: scrollY };
    history.replaceState({ ...history.state, place }, "");
  }

  /** Shows as many rows as there were, at the same place, to somebody who comes back to the page. */
  async restorePlace() {
    const place = history.state?.place;
    if (!place || place.rows <= this.rows.length) return; // the browser itself knows the place
    while (this.cursor && this.rows.length < place.rows) {
      const missing = place.rows - this.rows.length;
      if (!(await this.load(Math.min(missing, MOST_AT_ONCE)))) return;
    }
    scrollTo(0, place.top);
  }

  async showMore() {
    const before = this.rows.length;
    if (!(await this.load(PAGE_SIZE))) return;
    this.showStatus(tPlural("catalogue.loaded", { count: this.rows.length - before }));
    this.rows[before]?.querySelector("a")?.focus();
    this.rememberPlace();
  }

  /**
   * Adds further rows, and tells whether they came.
   *
   * @param {number} count
   */
  async load(count) {
    if (this.loading || !this.cursor) return false;
    this.loading = true;
    this.failed = false;
    this.button.textContent = t("catalogue.loading");
    const slow = setTimeout(() => this.showStatus(t("wait.slow")), SLOW_AFTER);
    try {
      const query = new URLSearchParams({ limit: String(count) });
      for (const [name, value] of this.filters) query.set(name, value);
      query.set("cursor", this.cursor);
      this.add(await request("GET", `/videos?${query}`, { promises: "items" }));
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    } finally {
      clearTimeout(slow);
      this.loading = false;
      this.button.textContent = t("catalogue.more");
    }
  }

  /** @param {Api.VideoList} page */
  add({ items, next_cursor: cursor }) {
    this.message.hidden = true;
    for (const video of items) addRow(this.days, video);
    this.cursor = cursor ?? null;
    this.more.hidden = !cursor;
    this.showStatus("");
  }

  /** @param {unknown} error */
  fail(error) {
    this.failed = error instanceof NoResponse;
    const retry = make("button", { className: "button plain", type: "button" }, t("wait.try_again"));
    retry.addEventListener("click", () => {
      this.message.hidden = true;
      this.showMore();
    });
    this.message.replaceChildren(make("p", { className: "state-title" }, errorText(error)), retry);
    this.message.hidden = false;
    this.more.hidden = true;
    this.showStatus(errorText(error));
  }

  /** @param {string} text */
  showStatus(text) {
    this.status.textContent = text;
  }
}

customElements.define("video-catalogue", VideoCatalogue);
