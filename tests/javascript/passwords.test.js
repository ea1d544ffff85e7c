// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { checkPassword, passwordError } from "../../website/scripts/dialogs/policy.js";
import { passwordPolicy, passwordRefusalText } from "../../website/scripts/dialogs/policy.js";
import { t } from "../../website/scripts/texts.js";
import { reload, respondWith } from "./support/browser.js";

const POLICY = { minimum_length: 12, passphrase_length: 15, maximum_length: 256, passphrase: false };
const PASSPHRASES = { ...POLICY, passphrase: true };

/** Which of the server's rules each of the page's rules stands for. */
const SERVER_RULES = new Map([
  ["length", ["too_short"]],
  ["spaces", ["space"]],
  ["case", ["lower", "upper"]],
  ["numbers", ["number"]],
  ["symbols", ["symbol"]],
]);

/** @type {{password: string, broken: string[]}[]} */
const VECTORS = JSON.parse(readFileSync(new URL("../vectors/passwords.json", import.meta.url), "utf8"));

for (const { password, broken } of VECTORS.filter((vector) => vector.password)) {
  test(`the page checks ${JSON.stringify(password)} as the server does`, () => {
    for (const [rule, isMet] of checkPassword(password, POLICY).rules) {
      const isBroken = SERVER_RULES.get(rule)?.some((name) => broken.includes(name));
      assert.equal(isMet, !isBroken, rule);
    }
  });
}

test("an empty field meets no rule, not even the one against spaces", () => {
  assert.deepEqual(checkPassword("", POLICY).rules.filter(([, isMet]) => isMet), []);
});

test("length counts characters after NFKC, not UTF-16 units", () => {
  const elevenEmoji = "😀".repeat(11);
  assert.equal(checkPassword(elevenEmoji, POLICY).rules[0][1], false);
  assert.equal(checkPassword(`${elevenEmoji}😀`, POLICY).rules[0][1], true);
  // One ligature is three letters after NFKC.
  assert.equal(checkPassword("ﬃ".repeat(4), POLICY).rules[0][1], true);
});

test("a long passphrase needs no other rule, where this installation allows passphrases", () => {
  const words = "correct horse battery staple";
  assert.equal(passwordError(words, PASSPHRASES), null);
  assert.notEqual(passwordError(words, POLICY), null);
  assert.notEqual(passwordError("fourteen chars", PASSPHRASES), null);
});

test("a password that lacks one thing is told which, as those that browsers suggest often are", () => {
  const error = passwordError("tG7kQ2mX9bR4wZp", POLICY);
  assert.equal(error, t("password.missing", { rules: t("password.rule.symbols") }));
});

test("a password that lacks several things is told all of them in one phrase", () => {
  const rules = `${t("password.rule.length", { minimum: 12 })}, ${t("password.rule.symbols")}`;
  assert.equal(passwordError("Short1", POLICY), t("password.missing", { rules }));
});

test("a password that lacks everything is told the whole rule", () => {
  assert.equal(passwordError(" ", POLICY), t("password.breaks_rules", { minimum: 12 }));
});

test("until the policy has arrived a press waits for no network, and passphrases are the API's", async () => {
  const policy = await reload("dialogs/policy.js");
  assert.equal(policy.passwordError("correct horse battery staple", policy.knownPolicy()), null);
  assert.notEqual(policy.passwordError("Too-short-1", policy.knownPolicy()), null);
});

test("the policy that has arrived is the one that a press is checked by", async () => {
  const policy = await reload("dialogs/policy.js");
  const configuration = { password_policy: "page", policy: { password: { minimum_length: 14 } } };
  respondWith(Response.json(configuration));
  await policy.passwordPolicy();
  assert.deepEqual(policy.knownPolicy(), { ...POLICY, minimum_length: 14 });
});

test("an empty password is asked for, a good one has no error", () => {
  assert.equal(passwordError("", POLICY), t("field.password_new"));
  assert.equal(passwordError("Correct-Horse-9", POLICY), null);
});

/** @typedef {NonNullable<Api.Problem["errors"]>[number]["code"]} FieldCode */

for (const [code, text] of /** @type {[FieldCode, string][]} */ ([
  ["common", t("password.too_common")],
  ["context", t("password.context")],
  ["too_long", t("password.too_long", { maximum: 256 })],
  ["upper", t("password.missing", { rules: t("password.rule.case") })],
  ["space", t("password.missing", { rules: t("password.rule.spaces") })],
])) {
  test(`the server's rule ${code} has its sentence`, () => {
    const problem = { errors: [{ field: "password", code, message: "" }] };
    assert.equal(passwordRefusalText(problem, POLICY), text);
  });
}

test("a refusal without details names the rules", () => {
  assert.equal(passwordRefusalText({}, POLICY), t("password.breaks_rules", { minimum: 12 }));
});

test("the policy is asked for once and its numbers replace the page's own", async () => {
  const policy = await reload("dialogs/policy.js");
  const configuration = { password_policy: "passphrase", policy: { password: { minimum_length: 14 } } };
  const sent = respondWith(Response.json(configuration));
  const [first, second] = await Promise.all([policy.passwordPolicy(), policy.passwordPolicy()]);
  assert.deepEqual(first, { ...PASSPHRASES, minimum_length: 14 });
  assert.deepEqual(second, first);
  assert.equal(sent.length, 1);
});

test("without a response the page's own numbers hold, and the next call asks again", async () => {
  const sent = respondWith(new TypeError("Failed to fetch"), Response.json({}));
  assert.deepEqual(await passwordPolicy(), POLICY);
  assert.deepEqual(await passwordPolicy(), POLICY);
  assert.equal(sent.length, 2);
});
