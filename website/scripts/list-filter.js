// @ts-check
// Reads the catalogue's filters from the page's address, and shows them in one line that clears them.

import { make } from "./dom.js";
import { dateText } from "./formatting.js";
import { language, t } from "./texts.js";

const NAMES = ["speaker", "topic", "language", "from", "to"];

/**
 * The filters in an address's query: each known name once, the last one, and empty ones left out.
 *
 * @param {string} query
 */
export function filtersIn(query) {
  const given = new URLSearchParams(query);
  const filters = new URLSearchParams();
  for (const name of NAMES) {
    const value = given.getAll(name).at(-1)?.trim();
    if (value) filters.set(name, value);
  }
  return filters;
}

/**
 * The line that shows filters, each with a link without it, and a link without any.
 *
 * @param {URLSearchParams} filters
 */
export function filterLine(filters) {
  const home = location.pathname;
  const shown = [...filters].map(([name, value]) => {
    const rest = new URLSearchParams(filters);
    rest.delete(name);
    const words = wordsFor(name, value);
    const link = make("a", { className: "remove", href: rest.size ? `${home}?${rest}` : home }, "×");
    link.setAttribute("aria-label", t("catalogue.remove", { name: labelOf(name), value: words }));
    const text = make("b", { dir: "auto" }, words);
    return make("li", {}, make("span", { className: "hint" }, labelOf(name)), " ", text, " ", link);
  });
  const all = make("a", { href: home }, t("catalogue.all"));
  return [make("ul", {}, ...shown), all];
}

/** @param {string} name */
function labelOf(name) {
  switch (name) {
    case "speaker":
      return t("catalogue.speaker");
    case "topic":
      return t("catalogue.topic");
    case "language":
      return t("catalogue.language");
    case "from":
      return t("catalogue.from");
    default:
      return t("catalogue.to");
  }
}

/**
 * A filter's value for people: a language by its name, a day as the page writes days.
 *
 * @param {string} name
 * @param {string} value
 */
function wordsFor(name, value) {
  if (name === "language") return languageName(value);
  if (!/^\d{4}-\d\d-\d\d$/.test(value) || !["from", "to"].includes(name)) return value;
  const day = new Date(`${value}T12:00:00`);
  return Number.isNaN(day.getTime()) ? value : dateText(day, "day");
}

/** @param {string} tag */
function languageName(tag) {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
