// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

document.documentElement.lang = "fr";
const { dateText } = await import("../../website/scripts/formatting.js");
const { t, tPlural } = await import("../../website/scripts/texts.js");

test("French writes the first day of a month as an ordinal, and no other", () => {
  assert.equal(dateText(new Date("2026-05-01T12:00:00Z"), "day"), "1er mai 2026");
  assert.equal(dateText(new Date("2026-05-11T12:00:00Z"), "day"), "11 mai 2026");
});

test("a French moment keeps its zone on the line of its time", () => {
  const written = dateText(new Date("2026-02-14T01:04:00Z"), "moment");
  assert.equal(written, "14 février 2026 à 02:04\u00a0UTC+1");
});

test("texts come in the page's language, with the plural that French has for nought", () => {
  assert.notEqual(t("wait.slow"), "");
  assert.equal(tPlural("catalogue.loaded", { count: 0 }), t("catalogue.loaded.one", { count: 0 }));
});
