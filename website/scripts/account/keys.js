// @ts-check
// The access keys of a newsroom's programs: made, shown once, listed and ended.

import { command, request } from "../api.js";
import { fieldsOf, showError } from "../dialogs/forms.js";
import { copyOf, find, findAll } from "../dom.js";
import { dateText } from "../formatting.js";
import { t } from "../texts.js";
import { AskingForm } from "./asking-form.js";

/** @typedef {import("../account.js").AccountPage} AccountPage */

/** @returns {Promise<Api.AccessKeys>} */
export const loadKeys = () => request("GET", "/account/keys", { promises: "items" });

/**
 * @param {HTMLElement} section
 * @param {AccountPage} page
 * @param {Api.AccessKeys} keys
 */
export function showKeys(section, page, { items }) {
  const list = find(section, ".keys");
  const form = find(section, "form", HTMLFormElement);
  const fields = fieldsOf(form, "name", "current_password");
  const scopes = () => findAll(form, "[name=scope]:checked").map((box) => box.getAttribute("value"));
  list.append(...items.map((key) => row(key, section, page)));
  const asking = new AskingForm(section, page, {
    check() {
      if (!fields.name.value.trim()) showError(fields.name, t("keys.name_empty"));
      else if (!scopes().length) showError(fields.name, t("keys.scope_empty"));
      else return true;
      return false;
    },
    async send() {
      /** @type {Api.NewKey} */
      const key = await request("POST", "/account/keys", {
        body: { name: fields.name.value, scopes: scopes(), current_password: fields.current_password.value },
        promises: "key",
      });
      list.prepend(row(key, section, page));
      form.reset();
      asking.toggle(false);
      showOnce(section, key, page);
    },
    handle({ code, problem }) {
      if (code === "too_many_keys") showError(fields.name, t("keys.too_many", { most: problem.most ?? "" }));
      else if (code === "fields_rejected") showError(fields.name, t("keys.name_empty"));
      else return false;
      return true;
    },
  });
}

/**
 * Shows a key this once, ready to be copied.
 *
 * @param {HTMLElement} section
 * @param {Api.NewKey} made
 * @param {AccountPage} page
 */
function showOnce(section, { key, key_id: id }, page) {
  const box = find(section, ".made");
  const input = find(box, "input", HTMLInputElement);
  box.hidden = false;
  box.dataset.key = id;
  input.value = key;
  input.focus();
  input.select();
  find(box, "button").onclick = async () => {
    try {
      await navigator.clipboard.writeText(key);
      page.showStatus(t("keys.copied"));
    } catch {
      input.select();
      page.showStatus(t("transcript.copy_failed"));
    }
  };
}

/**
 * @param {Api.AccessKey} key
 * @param {HTMLElement} section
 * @param {AccountPage} page
 */
function row(key, section, page) {
  const line = find(copyOf("key-row"), "li");
  const { name } = key;
  const made = t("keys.made", { date: dateText(new Date(key.created_at), "moment") });
  const used = key.last_used_at
    ? t("sessions.used", { date: dateText(new Date(key.last_used_at), "moment") })
    : t("keys.unused");
  const label = find(line, ".browser");
  label.textContent = name;
  label.dir = "auto";
  const scopes = key.scopes.map((scope) => t(`keys.scope.${scope}`));
  find(line, ".hint").textContent = [...scopes, made, used].join(" · ");
  const button = find(line, "button");
  button.setAttribute("aria-label", t("keys.end", { name }));
  button.addEventListener("click", () =>
    page.run(button, async () => {
      await command("DELETE", `/account/keys/${encodeURIComponent(key.key_id)}`);
      line.remove();
      // A new key stays on view while the one that it replaces is ended.
      const shown = find(section, ".made");
      if (shown.dataset.key === key.key_id) shown.hidden = true;
      page.showStatus(t("keys.ended", { name }));
      find(section, "h2").focus();
    }),
  );
  return line;
}
