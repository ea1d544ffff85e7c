// @ts-check
// Finds and builds nodes without markup strings, which the pages' Content-Security-Policy forbids.

/**
 * The first element that a selector matches. Throws if there is none, or one of another kind: the
 * page's HTML and its scripts then contradict each other.
 *
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => E} [kind] the class that the element must have
 * @returns {E}
 */
export function find(root, selector, kind) {
  const node = root.querySelector(selector);
  if (!(node instanceof (kind ?? HTMLElement))) throw new TypeError(`no such element: ${selector}`);
  return /** @type {E} */ (node);
}

/**
 * Every HTML element that a selector matches.
 *
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export const findAll = (root, selector) =>
  [...root.querySelectorAll(selector)].filter((node) => node instanceof HTMLElement);

/**
 * The nearest element around an event's target that a selector matches, or null.
 *
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const closest = ({ target }, selector) =>
  target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest(selector)) : null;

/**
 * The link around an event's target that a selector matches, or null.
 *
 * @param {Event} event
 * @param {string} selector
 */
export function closestLink(event, selector) {
  const link = closest(event, selector);
  return link instanceof HTMLAnchorElement ? link : null;
}

/**
 * An element with properties and children; strings become text.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Partial<HTMLElementTagNameMap[K]>} [properties]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

/**
 * A copy of a <template>'s content.
 *
 * @param {string} id
 */
export const copyOf = (id) =>
  /** @type {DocumentFragment} */ (find(document, `#${id}`, HTMLTemplateElement).content.cloneNode(true));

/**
 * Has the browser fetch all modules that an element names at once: found one behind the other they
 * would come in waves.
 *
 * @param {HTMLElement} element
 */
export const preloadModules = ({ dataset }) =>
  document.head.append(
    ...(dataset.modules?.split(" ") ?? []).map((href) => make("link", { rel: "modulepreload", href })),
  );

/**
 * Moves elements by `move`; the one that has the focus keeps it, which browsers take from what moves.
 *
 * @param {() => void} move
 */
export function keepFocus(move) {
  const focused = document.activeElement;
  move();
  if (focused instanceof HTMLElement && focused !== document.activeElement) {
    focused.focus({ preventScroll: true });
  }
}

/**
 * Replaces what an element holds; if a link or a button in it has the focus, its successor gets it.
 *
 * @param {Element} element
 * @param {...(Node | string)} nodes
 */
export function replaceInside(element, ...nodes) {
  const place = findAll(element, "a, button").findIndex((one) => one === document.activeElement);
  element.replaceChildren(...nodes);
  if (place >= 0) findAll(element, "a, button")[place]?.focus({ preventScroll: true });
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let noticeTimer;

/**
 * Shows a text in the page's status line for eight seconds, or as long as its matter takes.
 *
 * @param {string} text
 * @param {number} [milliseconds]
 */
export function announce(text, milliseconds = 8000) {
  const notice = find(document, ".notice");
  notice.textContent = text;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => notice.replaceChildren(), milliseconds);
}

/**
 * Copies a text; resolves to whether the browser allowed it.
 *
 * @param {string} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
