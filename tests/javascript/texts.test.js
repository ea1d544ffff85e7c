// @ts-check
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { pathIn, t, tPlural } from "../../website/scripts/texts.js";
import { newBrowser } from "./support/browser.js";

afterEach(newBrowser);

test("placeholders are filled", () => {
  assert.equal(t("transcript.found_at", { index: 2, count: 7 }).match(/\d/g)?.join(), "2,7");
});

test("a value that looks like a placeholder stays as it is", () => {
  assert.match(t("transcript.found_none", { query: "{query}" }), /\{query\}/);
});

for (const key of ["no.such_key", "constructor", "toString", "__proto__"]) {
  test(`the key ${key} is a fault, not a text`, () => {
    assert.throws(() => t(key), { message: `no text for ${key}` });
  });
}

test("a count chooses between one and other", () => {
  const texts = [0, 1, 2].map((count) => tPlural("catalogue.loaded", { count }));
  assert.equal(texts[0], t("catalogue.loaded.other", { count: 0 }));
  assert.equal(texts[1], t("catalogue.loaded.one", { count: 1 }));
  assert.equal(texts[2], t("catalogue.loaded.other", { count: 2 }));
});

for (const [here, french, english] of [
  ["/", "/fr/", "/"],
  ["/videos/doorstep", "/fr/videos/doorstep", "/videos/doorstep"],
  ["/fr", "/fr/", "/"],
  ["/fr/account/profile", "/fr/account/profile", "/account/profile"],
  ["/friends", "/fr/friends", "/friends"],
]) {
  test(`the page ${here} is ${french} in French and ${english} in English`, () => {
    location.pathname = here;
    assert.equal(pathIn("fr"), french);
    assert.equal(pathIn("en"), english);
  });
}
