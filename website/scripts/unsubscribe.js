// @ts-check
// Ends the newsletter of the person whose mail led here. Opening the page changes nothing: mail
// programs and scanners open links; only the button asks the API.

import "./site.js";
import { request } from "./api.js";
import { runBusy } from "./dialogs/forms.js";
import { find } from "./dom.js";
import { section, statusLine, token } from "./link-page.js";

const TOKEN = /^[a-z0-9]{43,64}$/i;

const whole = find(section, "[data-for=whole]");
const broken = find(section, "[data-for=broken]");
const button = find(whole, "button");

/** @param {boolean} isWhole */
function show(isWhole) {
  whole.hidden = !isWhole;
  broken.hidden = isWhole;
}

async function end() {
  /** @type {{message: string}} */
  const { message } = await request("POST", `/newsletter/unsubscribe/${token}`, { promises: "message" });
  whole.hidden = true;
  statusLine.showStatus(message);
  statusLine.status.focus();
}

button.addEventListener("click", () =>
  runBusy(button, statusLine, end, ({ code }) => {
    if (code !== "no_such_subscription") return false;
    show(false);
    broken.focus();
    return true;
  }),
);

show(TOKEN.test(token));
