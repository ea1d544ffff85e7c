// @ts-check
// The rows of the catalogue in sections by day: those that came with the page, and further ones.

import { copyOf, find, findAll, keepFocus, make } from "./dom.js";
import { dateText, dayOf, durationText } from "./formatting.js";
import { language, t } from "./texts.js";

const HOME = location.pathname.replace(/[^/]*$/, "");
const saveData = Boolean(navigator.connection?.saveData);

/**
 * Makes the rows that came with the page the reader's own: the server knows the days of UTC alone,
 * and not who saves data.
 *
 * @param {HTMLElement} days
 */
export function takeOverRows(days) {
  const rows = findAll(days, ".row");
  const isMoved = rows.some((row) => row.closest("section")?.dataset.day !== dayOf(publishedAt(row)));
  if (isMoved) keepFocus(() => sortIntoDays(days, rows));
  for (const row of rows) {
    tellRecorded(row);
    const image = row.querySelector("img");
    if (image) keepPoster(image);
  }
  for (const section of findAll(days, ".day")) nameDay(section, publishedAt(find(section, ".row")));
}

/**
 * @param {HTMLElement} days
 * @param {HTMLElement[]} rows
 */
function sortIntoDays(days, rows) {
  days.replaceChildren();
  for (const row of rows) find(sectionOf(days, publishedAt(row)), ".rows").append(row);
}

/**
 * Adds the row of a video below all others.
 *
 * @param {HTMLElement} days
 * @param {Api.VideoEntry} video
 */
export function addRow(days, video) {
  const row = videoRow(video);
  find(sectionOf(days, publishedAt(row)), ".rows").append(row);
  tellRecorded(row);
}

/** @param {HTMLElement} row */
const publishedAt = (row) => new Date(row.dataset.published ?? "");

/**
 * The section of a day: the last one, or a new one after it.
 *
 * @param {HTMLElement} days
 * @param {Date} published
 */
function sectionOf(days, published) {
  const last = days.lastElementChild;
  if (last instanceof HTMLElement && last.dataset.day === dayOf(published)) return last;
  const section = find(copyOf("day"), "section");
  section.dataset.day = dayOf(published);
  nameDay(section, published);
  days.append(section);
  return section;
}

/**
 * @param {HTMLElement} section
 * @param {Date} date
 */
function nameDay(section, date) {
  const time = find(section, "time", HTMLTimeElement);
  time.dateTime = dayOf(date);
  find(time, ".numeral").textContent = String(date.getDate());
  find(time, ".weekday").textContent = weekday(date);
  find(time, ".month").textContent = dateText(date, "month");
}

/** @param {Date} date */
function weekday(date) {
  const now = new Date();
  const day = dayOf(date);
  if (day === dayOf(now)) return t("catalogue.today");
  if (day === dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) {
    return t("catalogue.yesterday");
  }
  return dateText(date, "weekday");
}

/** @param {Api.VideoEntry} video */
function videoRow(video) {
  const row = find(copyOf("video-row"), "li");
  row.dataset.published = video.published_at;
  if (video.recorded_at) row.dataset.recorded = video.recorded_at;
  const link = find(row, "a", HTMLAnchorElement);
  link.href = `${HOME}videos/${encodeURIComponent(video.video_id)}`;
  link.textContent = video.title;
  link.dir = "auto";
  if (video.language && video.language !== language) link.lang = video.language;
  const speaker = find(row, ".speaker");
  speaker.textContent = video.speakers.map(({ name }) => name).join(", ") || video.location || "";
  speaker.dir = "auto";
  if (video.duration) {
    const label = make("span", { className: "unseen" }, t("catalogue.duration"));
    find(row, ".length").append(label, durationText(video.duration));
  }
  find(row, ".facts").append(...rowFacts(video));
  if (video.posters && !saveData) find(row, ".poster").append(poster(video.posters));
  return row;
}

/** @param {Api.VideoEntry} video */
function rowFacts(video) {
  const facts = video.formats.map((format) => make("span", {}, format));
  if (!video.transcript) return facts;
  const isDraft = video.transcript.state === "draft";
  const transcript = make("span", {}, t(isDraft ? "catalogue.transcript_draft" : "catalogue.transcript"));
  transcript.dataset.transcript = "";
  return [transcript, ...facts];
}

/**
 * Says when a video was recorded, unless it was published on the same day of the reader's.
 *
 * @param {HTMLElement} row
 */
function tellRecorded(row) {
  row.querySelector("[data-day-recorded]")?.remove();
  const published = publishedAt(row);
  const recorded = new Date(row.dataset.recorded ?? row.dataset.published ?? "");
  if (dayOf(recorded) === dayOf(published)) return;
  const isSameYear = recorded.getFullYear() === published.getFullYear();
  const date = dateText(recorded, isSameYear ? "short" : "day");
  const fact = make("span", {}, t("catalogue.recorded", { date }));
  fact.dataset.dayRecorded = "";
  const transcript = row.querySelector("[data-transcript]");
  if (transcript) transcript.after(fact);
  else find(row, ".facts").prepend(fact);
}

/** @param {Api.Posters} posters */
function poster(posters) {
  const sizes = Object.entries(posters);
  const image = make("img", { alt: "", width: 320, height: 180, decoding: "async", loading: "lazy" });
  image.sizes = "(min-width: 48rem) 13rem, 7.5rem";
  image.srcset = sizes.map(([width, address]) => `${address} ${width}w`).join(", ");
  keepPoster(image);
  image.src = posters["320"] ?? sizes[0][1];
  return image;
}

/**
 * Without its picture a row keeps its grey field, and no sign of a broken one.
 *
 * @param {HTMLImageElement} image
 */
function keepPoster(image) {
  const isBroken = image.complete && Boolean(image.currentSrc) && image.naturalWidth === 0;
  if (saveData || isBroken) image.remove();
  else image.addEventListener("error", () => image.remove());
}
