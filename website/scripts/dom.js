// Builds nodes without markup strings (the page's policy allows no other way).

/** An element with properties and children; strings become text. */
export function make(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A copy of a <template>'s content. */
export const copyOf = (id) => document.getElementById(id).content.cloneNode(true);

/** Says something in the page's one status line, and takes it away after a while. */
export function announce(text) {
  const line = document.querySelector(".notice");
  line.textContent = text;
  clearTimeout(announce.timer);
  announce.timer = setTimeout(() => line.replaceChildren(), 8000);
}

/** Copies text; resolves to whether the browser let us. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
