// What every account form does: errors above their field, a busy button, patience, trying again.

import { NoResponse, SLOW_AFTER } from "../api.js";
import { make } from "../dom.js";
import { errorText } from "../error-text.js";
import { t } from "../texts.js";

/** Puts an error above a field and ties it to the field; `parts` are strings and nodes. */
export function showError(field, ...parts) {
  const id = `${field.id}-error`;
  document.getElementById(id)?.remove();
  const error = make("p", { className: "error", id }, ...parts);
  const label = field.closest(".field").querySelector("label");
  if (label.contains(field)) label.before(error);
  else label.after(error);
  field.setAttribute("aria-invalid", "true");
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  if (!described.includes(id)) field.setAttribute("aria-describedby", [id, ...described].join(" "));
}

/** Takes every error out of a form. */
export function clearErrors(form) {
  for (const error of form.querySelectorAll(".error")) error.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    const kept = (field.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .filter((id) => id && id !== `${field.id}-error`);
    if (kept.length) field.setAttribute("aria-describedby", kept.join(" "));
    else field.removeAttribute("aria-describedby");
  }
}

/** What is wrong with a typed address, or null. */
export function emailError(typed) {
  if (!typed.trim()) return t("field.email_empty");
  return /^[^@＠\s]+[@＠][^@＠\s]+$/u.test(typed.trim()) ? null : t("field.email_wrong");
}

/** Focuses the first field with an error, and brings it into sight where it has the focus already. */
export function focusError(form) {
  const field = form.querySelector("[aria-invalid=true]");
  field?.focus();
  field?.scrollIntoView({ block: "nearest" });
}

/** A link to another step of the dialog, or a button that does something. */
export const stepLink = (step, text) => make("a", { href: `#${step}` }, text);

export function actionButton(text, act) {
  const button = make("button", { type: "button", className: "quiet" }, text);
  button.addEventListener("click", act);
  return button;
}

/** Says that a step has ended, and leads on by one button. */
export function endStep(form, heading, link) {
  const title = document.getElementById("dialog-title");
  title.textContent = heading;
  link.className = "button wide";
  form.replaceChildren(link);
  title.focus();
}

/** Joins sentences and links with spaces, so that they read as one line. */
export const spaced = (...parts) => parts.flatMap((part, index) => (index ? [" ", part] : [part]));

/**
 * Runs `work` behind a busy button. A second press is ignored, a slow answer is told after 4 s,
 * silence and faults offer to try again. `refused` may handle an error by returning true.
 */
export async function runBusy(button, dialog, work, refused = () => false) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const label = button.textContent;
  const place = button.closest("form, section, p");
  place.parentElement.querySelector(".trouble")?.remove();
  button.setAttribute("aria-disabled", "true");
  button.textContent = t("wait.sending");
  const slow = setTimeout(() => dialog.showStatus(t("wait.slow")), SLOW_AFTER);
  let failure = null;
  try {
    await work();
  } catch (error) {
    failure = await unhandled(error, refused);
  } finally {
    clearTimeout(slow);
    if (dialog.status.textContent === t("wait.slow")) dialog.showStatus("");
    button.removeAttribute("aria-disabled");
    button.textContent = label;
    button.closest("wait-button")?.show();
  }
  if (failure) showFailure(place, failure, () => runBusy(button, dialog, work, refused), dialog);
}

/** The trouble that is left once `refused` has done what it can, which may itself fail. */
async function unhandled(error, refused) {
  try {
    return (await refused(error)) ? null : error;
  } catch (next) {
    return next;
  }
}

/** Tells of silence or a fault before `place`, and offers to try again. */
export function showFailure(place, error, again, dialog) {
  if (!(error instanceof NoResponse) && error.code === undefined) throw error;
  const retry = actionButton(t("wait.try_again"), again);
  const words = make("span", { id: "trouble" }, errorText(error));
  retry.setAttribute("aria-describedby", "trouble");
  place.before(make("p", { className: "trouble" }, ...spaced(words, retry)));
  dialog.showStatus("");
  retry.focus();
}
