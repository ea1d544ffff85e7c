// @ts-check
// Reads the account policy, the numbers that the server applies, and checks passwords against it.

import { request } from "../api.js";
import { t } from "../texts.js";

/**
 * The password rules: lengths in characters, and whether a long passphrase needs no more.
 *
 * @typedef {object} PasswordPolicy
 * @property {number} minimum_length
 * @property {number} passphrase_length
 * @property {number} maximum_length
 * @property {boolean} passphrase
 */

/**
 * A rule that the page shows, and whether a password meets it.
 *
 * @typedef {["length" | "spaces" | "case" | "numbers" | "symbols", boolean]} CheckedRule
 */

/** The rules that apply until the policy arrives, and when it cannot be read. */
export const FALLBACK = { minimum_length: 12, passphrase_length: 15, maximum_length: 256 };

/** @type {Promise<Partial<Api.Configuration>> | undefined} */
let pendingConfiguration;

/**
 * The configuration of this installation (`GET /config`). It is empty when there was no response;
 * the next call then asks again.
 */
export function configuration() {
  pendingConfiguration ??= /** @type {Promise<Partial<Api.Configuration>>} */ (
    request("GET", "/config", { promises: "policy" })
  ).catch(() => {
    pendingConfiguration = undefined;
    return {};
  });
  return pendingConfiguration;
}

/** @type {PasswordPolicy | undefined} */
let arrivedPolicy;

/**
 * The password rules in force.
 *
 * @returns {Promise<PasswordPolicy>}
 */
export async function passwordPolicy() {
  const { policy, password_policy: choice } = await configuration();
  const rules = { ...FALLBACK, ...lengthsOf(policy), passphrase: choice === "passphrase" };
  if (choice) arrivedPolicy = rules;
  return rules;
}

/**
 * The password rules by which a press of a button is checked at once, also on a line that is too bad
 * to fetch them: until they arrive, what any policy takes is left to the API.
 *
 * @returns {PasswordPolicy}
 */
export const knownPolicy = () => arrivedPolicy ?? { ...FALLBACK, passphrase: true };

/**
 * The part of the policy that is about passwords.
 *
 * @param {Api.Configuration["policy"] | undefined} policy
 */
const lengthsOf = (policy) => /** @type {Partial<typeof FALLBACK> | undefined} */ (policy?.password);

// Which class a character belongs to, as in accounts/passwords.py; tests/vectors/passwords.json
// holds both to the same. A letter of a script without upper and lower case counts as both.
const LOWER = /[\p{Ll}\p{Lo}\p{Lm}]/u;
const UPPER = /[\p{Lu}\p{Lt}\p{Lo}\p{Lm}]/u;
const NUMBER = /\p{N}/u;
// A character that this browser does not know yet is most likely an emoji.
const SYMBOL = /[\p{P}\p{S}\p{Cn}]/u;
const SPACE = /[\p{Z}\p{Cc}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/u;

/**
 * Checks a password: each rule with whether it is met, and whether the password is a passphrase that
 * needs no rules. Lengths count characters after NFKC.
 *
 * @param {string} password
 * @param {PasswordPolicy} policy
 */
export function checkPassword(password, policy) {
  const text = password.normalize("NFKC");
  const { length } = [...text];
  /** @type {CheckedRule[]} */
  const rules = [
    ["length", length >= policy.minimum_length],
    ["spaces", length > 0 && !SPACE.test(text)],
    ["case", UPPER.test(text) && LOWER.test(text)],
    ["numbers", NUMBER.test(text)],
    ["symbols", SYMBOL.test(text)],
  ];
  return { rules, isPassphrase: policy.passphrase && length >= policy.passphrase_length };
}

/**
 * What is wrong with a new password by the rules that the page knows, or null.
 *
 * @param {string} password
 * @param {PasswordPolicy} policy
 */
export function passwordError(password, policy) {
  if (!password) return t("field.password_new");
  const { rules, isPassphrase } = checkPassword(password, policy);
  const broken = rules.filter(([, isMet]) => !isMet).map(([rule]) => rule);
  return isPassphrase || !broken.length ? null : brokenText(broken, policy);
}

const NUMBER_OF_RULES = 5;

/**
 * What a password lacks in one phrase: browsers suggest passwords without a symbol. Of one that lacks
 * everything, the whole rule.
 *
 * @param {CheckedRule[0][]} broken
 * @param {PasswordPolicy} policy
 */
function brokenText(broken, policy) {
  if (!broken.length || broken.length === NUMBER_OF_RULES) {
    return t("password.breaks_rules", { minimum: policy.minimum_length });
  }
  const rules = broken.map((rule) => ruleText(rule, policy)).join(", ");
  return t("password.missing", { rules });
}

/** @type {Map<string, CheckedRule[0]>} the rule of the page for each code of the API */
const RULE_OF_CODE = new Map([
  ["too_short", "length"],
  ["space", "spaces"],
  ["lower", "case"],
  ["upper", "case"],
  ["number", "numbers"],
  ["symbol", "symbols"],
]);

/**
 * Why the server refused a new password.
 *
 * @param {Api.Problem} problem
 * @param {PasswordPolicy} policy
 */
export function passwordRefusalText(problem, policy) {
  const codes = new Set((problem.errors ?? []).map(({ code }) => code));
  if (codes.has("common")) return t("password.too_common");
  if (codes.has("context")) return t("password.context");
  if (codes.has("too_long")) return t("password.too_long", { maximum: policy.maximum_length });
  return brokenText([...new Set([...codes].map((code) => RULE_OF_CODE.get(code ?? "") ?? "length"))], policy);
}

/**
 * A rule in words.
 *
 * @param {CheckedRule[0]} rule
 * @param {PasswordPolicy} policy
 */
export const ruleText = (rule, policy) => t(`password.rule.${rule}`, { minimum: policy.minimum_length });
