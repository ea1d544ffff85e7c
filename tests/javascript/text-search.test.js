// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { matchesOf } from "../../website/scripts/text-search.js";

/**
 * The parts of a text that match.
 *
 * @param {string} query
 * @param {string} text
 */
const found = (query, text) => matchesOf(query, text).map(([start, end]) => text.slice(start, end));

test("case and accents do not matter, in either direction", () => {
  assert.deepEqual(found("LIBERTE", "la liberté"), ["liberté"]);
  assert.deepEqual(found("état", "ETAT et état"), ["ETAT", "état"]);
});

test("typographic quotation marks, dashes and spaces match the ones on a keyboard", () => {
  assert.deepEqual(found("don't", "We don’t know"), ["don’t"]);
  assert.deepEqual(found('"so" - a b', "“so” – a\u00a0b"), ["“so” – a\u00a0b"]);
});

test("positions stay right after letters that become longer, shorter, or need two units", () => {
  assert.deepEqual(found("nato", "😀 İstanbul, NATO"), ["NATO"]);
  assert.deepEqual(found("istanbul", "😀 İstanbul"), ["İstanbul"]);
  assert.deepEqual(found("nato", "한국 NATO"), ["NATO"]);
  assert.deepEqual(found("nato", "cafe\u0301 NATO"), ["NATO"]);
});

test("matches do not overlap", () => {
  assert.deepEqual(matchesOf("aa", "aaaaa"), [[0, 2], [2, 4]]);
});

test("nothing is found for nothing, or for what is not there", () => {
  assert.deepEqual(matchesOf("", "text"), []);
  assert.deepEqual(matchesOf("constructor", "text"), []);
});
