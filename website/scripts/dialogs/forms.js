// @ts-check
// What every account form does: errors above their field, a busy button, trying again.

import { NoResponse, Refusal, SLOW_AFTER } from "../api.js";
import { find, findAll, make } from "../dom.js";
import { errorText } from "../error-text.js";
import { t } from "../texts.js";
import { WaitButton } from "./wait-button.js";

/**
 * A dialog, page or element with a status line.
 *
 * @typedef {{status: HTMLElement, showStatus: (text: string) => void}} StatusLine
 */

/**
 * The fields of a form, by name.
 *
 * @template {string} N
 * @param {HTMLFormElement} form
 * @param {N[]} names
 */
export const fieldsOf = (form, ...names) =>
  /** @type {Record<N, HTMLInputElement>} */ (
    Object.fromEntries(names.map((name) => [name, find(form, `[name=${name}]`, HTMLInputElement)]))
  );

/**
 * The ids of the elements that describe a field.
 *
 * @param {Element} field
 */
const descriptionsOf = (field) => (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);

/**
 * Changes which elements describe a field.
 *
 * @param {Element} field
 * @param {string[]} ids
 */
function describeBy(field, ids) {
  if (ids.length) field.setAttribute("aria-describedby", ids.join(" "));
  else field.removeAttribute("aria-describedby");
}

/**
 * Adds an element to those that describe a field, after the others, or takes it away.
 *
 * @param {Element} field
 * @param {string} id
 * @param {boolean} isDescribed
 */
export function toggleDescription(field, id, isDescribed) {
  const others = descriptionsOf(field).filter((other) => other !== id);
  describeBy(field, isDescribed ? [...others, id] : others);
}

/**
 * Puts an error above a field, where screen readers read it with the field.
 *
 * @param {HTMLInputElement} field
 * @param {(string | Node)[]} parts
 */
export function showError(field, ...parts) {
  const id = `${field.id}-error`;
  // Of this form: a form that was left may get its answer while another shows an error of its own.
  field.closest("form")?.querySelector(`#${id}`)?.remove();
  const error = make("p", { className: "error", id }, ...parts);
  const label = find(/** @type {Element} */ (field.closest(".field")), "label");
  if (label.contains(field)) label.before(error);
  else label.after(error);
  field.setAttribute("aria-invalid", "true");
  const ids = descriptionsOf(field);
  if (!ids.includes(id)) describeBy(field, [id, ...ids]);
}

/**
 * Removes every error from a form.
 *
 * @param {HTMLFormElement} form
 */
export function clearErrors(form) {
  for (const error of findAll(form, ".error")) error.remove();
  for (const field of findAll(form, "[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    toggleDescription(field, `${field.id}-error`, false);
  }
}

/**
 * Focuses the first field with an error, and scrolls to it if it has the focus already.
 *
 * @param {HTMLFormElement} form
 */
export function focusError(form) {
  const [field] = findAll(form, "[aria-invalid=true]");
  field?.focus();
  field?.scrollIntoView({ block: "nearest" });
}

/**
 * A link to another step of the dialog.
 *
 * @param {string} step
 * @param {string} text
 */
export const stepLink = (step, text) => make("a", { href: `#${step}` }, text);

/**
 * Replaces a form that cannot succeed any more by a heading and one link.
 *
 * @param {HTMLFormElement} form
 * @param {string} heading
 * @param {HTMLAnchorElement} link
 */
export function endStep(form, heading, link) {
  const title = find(document, "#dialog-title");
  title.textContent = heading;
  link.className = "button wide";
  form.replaceChildren(link);
  title.focus();
}

/**
 * Sentences and links with spaces between them.
 *
 * @param {(string | Node)[]} parts
 */
export const spaced = (...parts) => parts.flatMap((part, index) => (index ? [" ", part] : [part]));

/**
 * Runs `work` behind a busy button. A second press is ignored, a slow response is announced, and a
 * failure offers to try again. A refusal goes to `handleRefusal` first; it returns whether it has
 * shown it.
 *
 * @param {HTMLElement} button
 * @param {StatusLine} statusLine
 * @param {() => Promise<void>} work
 * @param {(refusal: Refusal) => boolean | Promise<boolean>} [handleRefusal]
 */
export async function runBusy(button, statusLine, work, handleRefusal = () => false) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const label = button.textContent;
  const place = /** @type {HTMLElement} */ (button.closest("form, section, p"));
  place.parentElement?.querySelector(".trouble")?.remove();
  button.setAttribute("aria-disabled", "true");
  button.textContent = t("wait.sending");
  const slow = setTimeout(() => {
    if (button.isConnected) statusLine.showStatus(t("wait.slow"));
  }, SLOW_AFTER);
  let failure = null;
  try {
    await work();
  } catch (error) {
    failure = await unhandled(error, handleRefusal);
  } finally {
    clearTimeout(slow);
    if (statusLine.status.textContent === t("wait.slow")) statusLine.showStatus("");
    button.removeAttribute("aria-disabled");
    button.textContent = label;
    const waitButton = button.closest("wait-button");
    if (waitButton instanceof WaitButton) waitButton.show();
  }
  const retry = () => runBusy(button, statusLine, work, handleRefusal);
  if (failure) showFailure(place, failure, retry, statusLine);
}

/**
 * The error that `handleRefusal` did not handle, or the one that it failed with itself, or null.
 *
 * @param {unknown} error
 * @param {(refusal: Refusal) => boolean | Promise<boolean>} handleRefusal
 */
async function unhandled(error, handleRefusal) {
  if (!(error instanceof Refusal)) return error;
  try {
    return (await handleRefusal(error)) ? null : error;
  } catch (next) {
    return next;
  }
}

/**
 * Lets an error of the site's own scripts reach the console.
 *
 * @param {unknown} error
 */
function reportFault(error) {
  if (error instanceof NoResponse || error instanceof Refusal) return;
  queueMicrotask(() => {
    throw error;
  });
}

/**
 * Shows a failed request before `place`, with a button to try again. Any other error is a fault in
 * the site's scripts: it is shown as one, and reaches the console.
 *
 * @param {HTMLElement} place
 * @param {unknown} error
 * @param {() => void} retry
 * @param {StatusLine} statusLine
 */
export function showFailure(place, error, retry, statusLine) {
  reportFault(error);
  // Nobody waits for it at a step that was left, and the status line tells of another by now.
  if (!place.isConnected) return;
  const button = make("button", { type: "button", className: "quiet" }, t("wait.try_again"));
  button.addEventListener("click", retry);
  button.setAttribute("aria-describedby", "trouble");
  const text = make("span", { id: "trouble" }, errorText(error));
  place.before(make("p", { className: "trouble" }, ...spaced(text, button)));
  statusLine.showStatus("");
  button.focus();
}
