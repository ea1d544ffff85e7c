// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { frameRateOf, timeCodeAt } from "../../website/scripts/media-player.js";

test("a frame rate is a number or a fraction", () => {
  assert.equal(frameRateOf("25"), 25);
  assert.ok(Math.abs(frameRateOf("30000/1001") - 29.97) < 0.001);
});

for (const [start, seconds, rate, text] of /** @type {[string, number, number, string][]} */ ([
  ["10:00:00:00", 0, 25, "10:00:00:00"],
  ["10:00:00:00", 0.04, 25, "10:00:00:01"],
  ["10:00:00:00", 0.0399999, 25, "10:00:00:01"],
  ["10:00:00:24", 0.04, 25, "10:00:01:00"],
  ["09:59:59:24", 0.04, 25, "10:00:00:00"],
  ["23:59:59:24", 0.04, 25, "00:00:00:00"],
  ["10:00:00:00", 3661.5, 50, "11:01:01:25"],
  ["00:00:00:00", 1.001, 30000 / 1001, "00:00:01:00"],
])) {
  test(`${seconds} s after ${start} at ${rate} frames a second it is ${text}`, () => {
    assert.equal(timeCodeAt(start, seconds, rate), text);
  });
}

for (const start of ["", "10:00:00", "10:00:00;00", "1:00:00:00"]) {
  test(`"${start}" is no start that can be counted from`, () => assert.equal(timeCodeAt(start, 1, 25), null));
}
