// The catalogue: a section per day, a row per video, more on request.

import { request, NoResponse, SLOW_AFTER } from "./api.js";
import { copyOf, make } from "./dom.js";
import { dateText, dayOf, durationText } from "./formatting.js";
import { errorText } from "./error-text.js";
import { language, t, tPlural } from "./texts.js";

const PAGE_SIZE = 20; // shell.html asks for the first page by the same address
const ROWS_IN_VIEW = 3; // rows that every screen shows at once: their posters wait for no layout
const HOME = location.pathname.replace(/[^/]*$/, "");
const saveData = Boolean(navigator.connection?.saveData);

class VideoCatalogue extends HTMLElement {
  connectedCallback() {
    this.days = this.querySelector(".days");
    this.message = this.querySelector(".state:not(noscript *)");
    this.more = this.querySelector(".more");
    this.status = this.querySelector("[role=status]");
    this.button = this.more.querySelector("button");
    this.button.addEventListener("click", () => this.load());
    addEventListener("online", () => this.failed && this.load());
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
      if (!items.length) this.empty();
    } else {
      this.showStatus(tPlural("catalogue.loaded", { count: items.length }));
      rows[0]?.querySelector("a").focus();
    }
  }

  addRow(video, inView) {
    const published = new Date(video.published_at);
    const day = dayOf(published);
    let section = this.days.lastElementChild;
    if (section?.dataset.day !== day) {
      this.days.append(daySection(published, day));
      section = this.days.lastElementChild;
    }
    section.querySelector(".rows").append(videoRow(video, published, inView));
    return section.querySelector(".rows").lastElementChild;
  }

  empty() {
    this.message.replaceChildren(
      make("p", { className: "state-title" }, t("catalogue.none")),
      make("p", {}, t("catalogue.none_text")),
    );
    this.message.hidden = false;
  }

  fail(error) {
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

  showStatus(text) {
    this.status.textContent = text;
  }
}

function daySection(date, day) {
  const section = copyOf("day").firstElementChild;
  section.dataset.day = day;
  const time = section.querySelector("time");
  time.dateTime = day;
  time.querySelector(".numeral").textContent = String(date.getDate());
  time.querySelector(".weekday").textContent = weekday(date, day);
  time.querySelector(".month").textContent = dateText(date, "month");
  return section;
}

function weekday(date, day) {
  const now = new Date();
  if (day === dayOf(now)) return t("catalogue.today");
  if (day === dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) {
    return t("catalogue.yesterday");
  }
  return dateText(date, "weekday");
}

function videoRow(video, published, inView) {
  const row = copyOf("video-row").firstElementChild;
  const link = row.querySelector("a");
  link.href = `${HOME}videos/${encodeURIComponent(video.video_id)}`;
  link.textContent = video.title;
  if (video.language && video.language !== language) link.lang = video.language;
  const speakers = video.speakers.map((speaker) => speaker.name).join(", ");
  row.querySelector(".speaker").textContent = speakers || video.location || "";
  row.querySelector(".length").append(
    ...(video.duration
      ? [make("span", { className: "unseen" }, t("catalogue.duration")), durationText(video.duration)]
      : []),
  );
  row.querySelector(".facts").append(...rowFacts(video, published));
  if (video.posters && !saveData) row.querySelector(".poster").append(poster(video.posters, inView));
  return row;
}

function rowFacts(video, published) {
  const parts = [];
  const transcript = { draft: "_draft", preparing: "_preparing", in_preparation: "_preparing" };
  if (video.transcript) {
    parts.push(make("span", {}, t(`catalogue.transcript${transcript[video.transcript.state] ?? ""}`)));
  }
  const recorded = video.recorded_at ? new Date(video.recorded_at) : null;
  if (recorded && dayOf(recorded) !== dayOf(published)) {
    const sameYear = recorded.getFullYear() === published.getFullYear();
    const date = dateText(recorded, sameYear ? "short" : "day");
    parts.push(make("span", {}, t("catalogue.recorded", { date })));
  }
  parts.push(...video.formats.map((format) => make("span", {}, format)));
  return parts;
}

function poster(posters, inView) {
  const sizes = Object.entries(posters);
  const image = make("img", { alt: "", width: 320, height: 180, decoding: "async" });
  image.loading = inView ? "eager" : "lazy";
  image.fetchPriority = inView ? "high" : "auto";
  image.sizes = "(min-width: 48rem) 13rem, 7.5rem";
  image.srcset = sizes.map(([width, address]) => `${address} ${width}w`).join(", ");
  image.src = posters["320"] ?? sizes[0][1];
  return image;
}

customElements.define("video-catalogue", VideoCatalogue);
