// @ts-check
// Compares texts for the search of a transcript: case, accents and quotation marks do not matter.

import { language } from "./texts.js";

const PLAIN = new Map([
  ["’", "'"],
  ["‘", "'"],
  ["“", '"'],
  ["”", '"'],
  ["–", "-"],
  ["—", "-"],
  ["\u00a0", " "],
]);

/** @param {string} character */
function fold(character) {
  const plain = character.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase(language);
  return PLAIN.get(plain) ?? plain;
}

/**
 * A text for comparison. It is as long as the original, so that positions in both are the same.
 *
 * @param {string} text
 */
const folded = (text) =>
  Array.from(text, (character) =>
    fold(character).padEnd(character.length, "\0").slice(0, character.length),
  ).join("");

/**
 * Where `query` occurs in a text: start and end of each match, in UTF-16 units.
 *
 * @param {string} query
 * @param {string} text
 * @returns {[number, number][]}
 */
export function matchesOf(query, text) {
  const needle = folded(query);
  const haystack = folded(text);
  /** @type {[number, number][]} */
  const matches = [];
  if (!needle) return matches;
  let start = haystack.indexOf(needle);
  while (start >= 0) {
    const end = start + needle.length;
    matches.push([start, end]);
    start = haystack.indexOf(needle, end);
  }
  return matches;
}
