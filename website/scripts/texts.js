// @ts-check
// Looks up the site's texts in the message catalogue of the page's language.

export const language = document.documentElement.lang;

// Not written into import() itself: a bundler would look for the texts of every language.
const ownTexts = `../texts/${language}.js`;
/** @type {{default: Record<string, string>}} */
const { default: texts } = await import(ownTexts);
const plural = new Intl.PluralRules(language);

/**
 * The text of a key, its {placeholders} filled. Throws when the catalogue has no such key.
 *
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 */
export function t(key, values = {}) {
  if (!Object.hasOwn(texts, key)) throw new Error(`no text for ${key}`);
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * The text of `key.one`, `key.other` and so on, as `values.count` and the language require.
 *
 * @param {string} key
 * @param {{count: number} & Record<string, unknown>} values
 */
export function tPlural(key, values) {
  const form = `${key}.${plural.select(values.count)}`;
  return t(Object.hasOwn(texts, form) ? form : `${key}.other`, values);
}

/**
 * The path of this page in another language.
 *
 * @param {string} other
 */
export function pathIn(other) {
  const here = location.pathname.replace(/^\/fr(?=\/|$)/, "") || "/";
  return other === "en" ? here : `/${other}${here}`;
}
