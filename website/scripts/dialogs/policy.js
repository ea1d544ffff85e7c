// Reads the account policy (the same numbers that the server obeys) and checks a password by it.

import { request } from "../api.js";
import { t } from "../texts.js";

// What the page's rule says; used until the policy has arrived, or when it can't be read.
export const FALLBACK = { minimum_length: 12, passphrase_length: 15, maximum_length: 256 };

let asking;

/** What this installation says of itself (`GET /config`); empty when there is no answer. */
export function configuration() {
  asking ??= request("GET", "/config").catch(() => {
    asking = undefined;
    return {};
  });
  return asking;
}

/** The password rules in force: lengths, and whether long passphrases do without the rest. */
export async function passwordPolicy() {
  const { policy, password_policy: choice } = await configuration();
  return { ...FALLBACK, ...policy?.password, passphrase: choice === "passphrase" };
}

// What a character counts as, as in accounts/passwords.py (tests/vectors/passwords.json holds
// both to it). A letter of a script without case counts as both cases.
const CLASSES = {
  lower: /[\p{Ll}\p{Lo}\p{Lm}]/u,
  upper: /[\p{Lu}\p{Lt}\p{Lo}\p{Lm}]/u,
  number: /\p{N}/u,
  symbol: /[\p{P}\p{S}]/u,
  space: /[\p{Z}\p{C}]/u,
};

/** Each rule with whether `password` meets it. Lengths count characters after NFKC. */
export function checkPassword(password, policy) {
  const text = password.normalize("NFKC");
  const length = [...text].length;
  const has = (name) => CLASSES[name].test(text);
  const rules = [
    ["length", length >= policy.minimum_length],
    ["spaces", length > 0 && !has("space")],
    ["case", has("upper") && has("lower")],
    ["numbers", has("number")],
    ["symbols", has("symbol")],
  ];
  return { rules, enough: policy.passphrase && length >= policy.passphrase_length };
}

/** What is wrong with a new password by the rules that the page knows, or null. */
export function passwordError(password, policy) {
  if (!password) return t("field.password_new");
  const { rules, enough } = checkPassword(password, policy);
  if (enough || rules.every(([, met]) => met)) return null;
  return t("password.breaks_rules", { minimum: policy.minimum_length });
}

/** Why the server refused a new password. */
export function passwordText(problem, policy) {
  const rules = new Set((problem.errors ?? []).map((entry) => entry.code));
  if (rules.has("common")) return t("password.too_common");
  if (rules.has("context")) return t("password.context");
  if (rules.has("too_long")) return t("password.too_long", { maximum: policy.maximum_length });
  return t("password.breaks_rules", { minimum: policy.minimum_length });
}

export const ruleText = (rule, policy) =>
  t(`password.rule.${rule}`, { minimum: policy.minimum_length });
