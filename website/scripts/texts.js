// Says what the message catalogue holds for this page's language.

export const language = document.documentElement.lang;

const { default: texts } = await import(`../texts/${language}.js`);
const plural = new Intl.PluralRules(language);

/** The text for `key`, its {placeholders} filled. A missing key is a fault of ours: it throws. */
export function t(key, values = {}) {
  const text = texts[key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** The text for `key.one`, `key.other`…, chosen by `values.count`. */
export function tPlural(key, values) {
  const form = `${key}.${plural.select(values.count)}`;
  return t(form in texts ? form : `${key}.other`, values);
}

/** The path of this page in another language. */
export function pathIn(other) {
  const here = location.pathname.replace(/^\/fr(?=\/|$)/, "") || "/";
  return other === "en" ? here : `/${other}${here}`;
}
