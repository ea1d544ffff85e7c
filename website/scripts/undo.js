// @ts-check
// Undoes the change of an account's address, for the person whose mail led here. Opening the page
// changes nothing: mail programs and scanners open links; only the button asks the API.

import "./site.js";
import { command } from "./api.js";
import { runBusy } from "./dialogs/forms.js";
import { find } from "./dom.js";
import { section, statusLine, token } from "./link-page.js";

const TOKEN = /^[0-9a-f]{32}\.[\w-]{43}$/;

const parts = ["whole", "done", "broken"];
const button = find(section, "[data-for=whole] button");

/** @param {string} name of the part that is shown */
function show(name) {
  for (const part of parts) find(section, `[data-for=${part}]`).hidden = part !== name;
}

async function undo() {
  await command("POST", `/email-changes/undo/${token}`);
  show("done");
  find(section, "[data-for=done]").focus();
}

button.addEventListener("click", () =>
  runBusy(button, statusLine, undo, ({ code }) => {
    if (code !== "undo_over") return false;
    show("broken");
    find(section, "[data-for=broken]").focus();
    return true;
  }),
);

show(TOKEN.test(token) ? "whole" : "broken");
