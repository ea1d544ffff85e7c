// @ts-check
// Writes dates, times and durations in the page's language and the reader's time zone.

import { language, t } from "./texts.js";

const locale = language === "en" ? "en-GB" : language;

/** @type {Intl.DateTimeFormatOptions} */
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** @type {Map<string, Intl.DateTimeFormatOptions>} */
const formats = new Map([
  ["zoned", { ...CLOCK, timeZoneName: "short" }],
  ["mailed", { ...CLOCK, timeZoneName: "short", timeZone: "UTC" }],
  ["day", { day: "numeric", month: "long", year: "numeric" }],
  ["short", { day: "numeric", month: "short" }],
  ["moment", { day: "numeric", month: "long", year: "numeric", ...CLOCK, timeZoneName: "short" }],
  ["weekday", { weekday: "long" }],
  ["month", { month: "long", year: "numeric" }],
  ["dayAndMonth", { day: "numeric", month: "long" }],
]);

// Making a formatter takes milliseconds, so each is made once.
/** @type {Map<string, Intl.DateTimeFormat>} */
const formatters = new Map();

/** @param {string} format */
function formatterOf(format) {
  const made = formatters.get(format);
  if (made) return made;
  const options = formats.get(format);
  if (!options) throw new RangeError(`no such format: ${format}`);
  const formatter = new Intl.DateTimeFormat(locale, options);
  formatters.set(format, formatter);
  return formatter;
}

/**
 * A date as `zoned` 02:04 CET, `mailed` 01:04 UTC, `day` 14 February 2026, `short` 14 Feb,
 * `moment` 14 February 2026 at 02:04 CET, `weekday`, `month` or `dayAndMonth`.
 *
 * @param {Date} date
 * @param {string} format
 */
export const dateText = (date, format) =>
  formatterOf(format)
    .formatToParts(date)
    .map(({ type, value }, index, parts) => {
      if (type === "day" && value === "1") return t("figure.first_day");
      // A no-break space keeps a time and its zone on one line.
      return parts[index + 1]?.type === "timeZoneName" ? value.replace(" ", "\u00a0") : value;
    })
    .join("");

/** @param {number} value */
const twoDigits = (value) => String(value).padStart(2, "0");

/**
 * The calendar day of a date in the reader's time zone, as 2026-02-14.
 *
 * @param {Date} date
 */
export const dayOf = (date) =>
  `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;

/**
 * Seconds as 2:47 or 1:02:47.
 *
 * @param {number} seconds
 */
export function durationText(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = twoDigits(whole % 60);
  return hours ? `${hours}:${twoDigits(minutes)}:${rest}` : `${minutes}:${rest}`;
}
