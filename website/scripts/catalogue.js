// @ts-check
// <video-catalogue>: a section per day, a row per video, further pages on request.

import { NoResponse, Refusal, request, SLOW_AFTER } from "./api.js";
import { copyOf, find, make } from "./dom.js";
import { errorText } from "./error-text.js";
import { dateText, dayOf, durationText } from "./formatting.js";
import { filterLine, filtersIn } from "./list-filter.js";
import { language, t, tPlural } from "./texts.js";

const PAGE_SIZE = 20; // shell.html preloads the first page by the same address
const ROWS_IN_VIEW = 3; // every screen shows these at once, so their posters load before layout
const HOME = location.pathname.replace(/[^/]*$/, "");
const saveData = Boolean(navigator.connection?.saveData);

class VideoCatalogue extends HTMLElement {
  days = find(this, ".days");
  message = find(this, "div.state");
  more = find(this, ".more");
  button = find(this.more, "button");
  status = find(this, "[role=status]");
  filters = filtersIn(location.search);
  loading = false;
  failed = false;
  /** @type {string | null | undefined} of the next page; null after the last, undefined before the first */
  cursor;

  connectedCallback() {
    this.button.addEventListener("click", () => this.load());
    addEventListener("online", () => this.failed && this.load());
    if (this.filters.size) this.showFilters();
    this.load();
  }

  async load() {
    if (this.loading) return;
    this.loading = true;
    this.failed = false;
    this.button.textContent = t(this.cursor ? "catalogue.loading" : "catalogue.more");
    const slow = setTimeout(() => this.showStatus(t("wait.slow")), SLOW_AFTER);
    try {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      for (const [name, value] of this.filters) query.set(name, value);
      if (this.cursor) query.set("cursor", this.cursor);
      this.add(await request("GET", `/videos?${query}`));
    } catch (error) {
      this.fail(error);
    } finally {
      clearTimeout(slow);
      this.loading = false;
      this.button.textContent = t("catalogue.more");
    }
  }

  /** @param {Api.VideoList} page */
  add({ items, next_cursor: cursor }) {
    const first = this.cursor === undefined;
    if (first) this.days.replaceChildren();
    this.days.removeAttribute("aria-busy");
    this.message.hidden = true;
    const rows = items.map((video, index) => this.addRow(video, first && index < ROWS_IN_VIEW));
    this.cursor = cursor ?? null;
    this.more.hidden = !cursor;
    if (first) {
      this.showStatus("");
      if (!items.length) this.showEmpty();
    } else {
      this.showStatus(tPlural("catalogue.loaded", { count: items.length }));
      rows[0]?.querySelector("a")?.focus();
    }
  }

  /**
   * @param {Api.VideoEntry} video
   * @param {boolean} inView
   */
  addRow(video, inView) {
    const published = new Date(video.published_at);
    const row = videoRow(video, published, inView);
    find(this.sectionOf(published), ".rows").append(row);
    return row;
  }

  /**
   * The section of a day: the last one, or a new one after it.
   *
   * @param {Date} published
   */
  sectionOf(published) {
    const day = dayOf(published);
    const last = this.days.lastElementChild;
    if (last instanceof HTMLElement && last.dataset.day === day) return last;
    const section = daySection(published, day);
    this.days.append(section);
    return section;
  }

  showFilters() {
    const line = find(this, ".filters");
    line.replaceChildren(...filterLine(this.filters));
    line.hidden = false;
  }

  showEmpty() {
    const isNarrowed = this.filters.size > 0;
    this.message.replaceChildren(
      make("p", { className: "state-title" }, t(isNarrowed ? "catalogue.no_match" : "catalogue.none")),
      make("p", {}, t(isNarrowed ? "catalogue.no_match_text" : "catalogue.none_text")),
    );
    if (isNarrowed) this.showStatus(t("catalogue.no_match"));
    this.message.hidden = false;
  }

  /** @param {unknown} error */
  fail(error) {
    if (this.filters.size && error instanceof Refusal && error.code === "fields_rejected") {
      // Nothing can match a day that does not exist, and trying again would not help.
      this.add({ items: [], next_cursor: null });
      return;
    }
    this.failed = error instanceof NoResponse;
    if (this.cursor === undefined) this.days.replaceChildren();
    this.days.removeAttribute("aria-busy");
    const retry = make("button", { className: "button plain", type: "button" }, t("wait.try_again"));
    retry.addEventListener("click", () => {
      this.message.hidden = true;
      this.load();
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

/**
 * @param {Date} date
 * @param {string} day as 2026-02-14
 */
function daySection(date, day) {
  const section = find(copyOf("day"), "section");
  section.dataset.day = day;
  const time = find(section, "time", HTMLTimeElement);
  time.dateTime = day;
  find(time, ".numeral").textContent = String(date.getDate());
  find(time, ".weekday").textContent = weekday(date, day);
  find(time, ".month").textContent = dateText(date, "month");
  return section;
}

/**
 * @param {Date} date
 * @param {string} day as 2026-02-14
 */
function weekday(date, day) {
  const now = new Date();
  if (day === dayOf(now)) return t("catalogue.today");
  if (day === dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) {
    return t("catalogue.yesterday");
  }
  return dateText(date, "weekday");
}

/**
 * @param {Api.VideoEntry} video
 * @param {Date} published
 * @param {boolean} inView
 */
function videoRow(video, published, inView) {
  const row = find(copyOf("video-row"), "li");
  const link = find(row, "a", HTMLAnchorElement);
  link.href = `${HOME}videos/${encodeURIComponent(video.video_id)}`;
  link.textContent = video.title;
  link.dir = "auto";
  if (video.language && video.language !== language) link.lang = video.language;
  link.dir = "auto";
  const speakers = video.speakers.map((speaker) => speaker.name).join(", ");
  const speaker = find(row, ".speaker");
  speaker.textContent = speakers || video.location || "";
  speaker.dir = "auto";
  if (video.duration) {
    const label = make("span", { className: "unseen" }, t("catalogue.duration"));
    find(row, ".length").append(label, durationText(video.duration));
  }
  find(row, ".facts").append(...rowFacts(video, published));
  if (video.posters && !saveData) find(row, ".poster").append(poster(video.posters, inView));
  return row;
}

/**
 * @param {Api.VideoEntry} video
 * @param {Date} published
 */
function rowFacts(video, published) {
  const facts = [];
  if (video.transcript) {
    const isDraft = video.transcript.state === "draft";
    facts.push(t(isDraft ? "catalogue.transcript_draft" : "catalogue.transcript"));
  }
  const recorded = video.recorded_at ? new Date(video.recorded_at) : null;
  if (recorded && dayOf(recorded) !== dayOf(published)) {
    const sameYear = recorded.getFullYear() === published.getFullYear();
    facts.push(t("catalogue.recorded", { date: dateText(recorded, sameYear ? "short" : "day") }));
  }
  return [...facts, ...video.formats].map((fact) => make("span", {}, fact));
}

/**
 * @param {Api.Posters} posters
 * @param {boolean} inView
 */
function poster(posters, inView) {
  const sizes = Object.entries(posters);
  const image = make("img", { alt: "", width: 320, height: 180, decoding: "async" });
  image.loading = inView ? "eager" : "lazy";
  image.fetchPriority = inView ? "high" : "auto";
  image.sizes = "(min-width: 48rem) 13rem, 7.5rem";
  image.srcset = sizes.map(([width, address]) => `${address} ${width}w`).join(", ");
  // Without its picture a row keeps its grey field, and no sign of a broken one.
  image.addEventListener("error", () => image.remove());
  image.src = posters["320"] ?? sizes[0][1];
  return image;
}

customElements.define("video-catalogue", VideoCatalogue);
