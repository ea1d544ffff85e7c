// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { dateText, dayOf, durationText } from "../../website/scripts/formatting.js";

const NIGHT = new Date("2026-02-14T01:04:00Z");

test("a moment has the reader's time zone, and keeps it on the line of its time", () => {
  assert.equal(dateText(NIGHT, "moment"), "14 February 2026 at 02:04\u00a0CET");
  assert.equal(dateText(NIGHT, "zoned"), "02:04\u00a0CET");
});

test("the zone follows daylight saving time", () => {
  assert.equal(dateText(new Date("2026-07-14T01:04:00Z"), "zoned"), "03:04\u00a0CEST");
});

test("a mail's time is in UTC, as in the mail's subject", () => {
  assert.equal(dateText(NIGHT, "mailed"), "01:04\u00a0UTC");
});

test("dates are written out for the page's language", () => {
  const formats = ["day", "short", "dayAndMonth", "month", "weekday"];
  const written = formats.map((format) => dateText(NIGHT, format));
  assert.deepEqual(written, ["14 February 2026", "14 Feb", "14 February", "February 2026", "Saturday"]);
});

for (const format of ["constructor", "toString", "nothing"]) {
  test(`the format ${format} does not exist`, () => {
    assert.throws(() => dateText(NIGHT, format), RangeError);
  });
}

test("a day begins at the reader's own midnight", () => {
  assert.equal(dayOf(new Date("2026-02-13T22:59:59Z")), "2026-02-13");
  assert.equal(dayOf(new Date("2026-02-13T23:00:00Z")), "2026-02-14");
});

test("days and months of one digit are filled up, so that days sort as text", () => {
  assert.equal(dayOf(new Date("2026-03-05T12:00:00Z")), "2026-03-05");
});

for (const [seconds, text] of /** @type {[number, string][]} */ ([
  [0, "0:00"],
  [-3, "0:00"],
  [9.4, "0:09"],
  [59.5, "1:00"],
  [167, "2:47"],
  [3599.4, "59:59"],
  [3599.6, "1:00:00"],
  [3767, "1:02:47"],
])) {
  test(`${seconds} seconds are written ${text}`, () => assert.equal(durationText(seconds), text));
}
