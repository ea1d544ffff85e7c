// @ts-check
// The catalogue's filters: read from an address, each once, shown with a way out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { filtersIn } from "../../website/scripts/list-filter.js";

/** @param {string} query */
const read = (query) => String(filtersIn(query));

test("the five filters are read, and nothing else", () => {
  const query = "?utm_source=x&to=2026-02-28&topic=Ukraine&speaker=Mark+Rutte&limit=1&cursor=x";
  assert.equal(read(query), "speaker=Mark+Rutte&topic=Ukraine&to=2026-02-28");
  assert.equal(read("?language=fr&from=2026-02-01"), "language=fr&from=2026-02-01");
});

test("an empty filter is none", () => {
  assert.equal(read("?topic=&speaker=%20%20"), "");
  assert.equal(read(""), "");
});

test("of a filter that is given twice the last one counts, as in the list that the page came with", () => {
  assert.equal(read("?topic=a&topic=b"), "topic=b");
});
