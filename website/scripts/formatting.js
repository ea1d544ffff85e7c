// Writes times, dates and sizes for people, in the page's language and the reader's time zone.

import { language, t } from "./texts.js";

const locale = { en: "en-GB" }[language] ?? language;
const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const formats = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  zoned: { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" },
  mailed: {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short", timeZone: "UTC",
  },
  day: { day: "numeric", month: "long", year: "numeric" },
  short: { day: "numeric", month: "short" },
  moment: {
    day: "numeric", month: "long", year: "numeric",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
  },
  weekday: { weekday: "long" },
  month: { month: "long", year: "numeric" },
  dayAndMonth: { day: "numeric", month: "long" },
};
const formatters = {};

/** A date as `time` 02:04, `zoned` 02:04 CET, `mailed` 01:04 UTC, `day` 14 February 2026… */
export const dateText = (date, format) =>
  (formatters[format] ??= new Intl.DateTimeFormat(locale, formats[format])) // each costs milliseconds
    .formatToParts(date)
    .map(({ type, value }, index, parts) => {
      if (type === "day" && value === "1") return t("figure.first_day");
      // A zone stays with its time when a line ends.
      return parts[index + 1]?.type === "timeZoneName" ? value.replace(" ", "\u00a0") : value;
    })
    .join("");

/** The reader's own calendar day of a date, as 2026-02-14. */
export function dayOf(date) {
  const pad = (value) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

const units = ["bytes", "kilobytes", "megabytes", "gigabytes", "terabytes"];

/** A number of bytes as 2.5 GB (decimal units, as disks and transfer tools count). */
export function sizeText(bytes) {
  let power = 0;
  while (bytes >= 999.5 && power < units.length - 1) {
    bytes /= 1000;
    power += 1;
  }
  return t(`figure.${units[power]}`, { value: number.format(bytes < 100 ? bytes : Math.round(bytes)) });
}

/** Seconds as 2:47 or 1:02:47. */
export function durationText(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const pad = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}
