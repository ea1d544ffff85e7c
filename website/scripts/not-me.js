// @ts-check
// Asks the API to end what somebody else began with the reader's address. Opening the page changes
// nothing: mail programs and scanners open links; only the buttons do.

import "./site.js";
import { Refusal, request, SLOW_AFTER } from "./api.js";
import { runBusy, showFailure } from "./dialogs/forms.js";
import { find, findAll } from "./dom.js";
import { dateText } from "./formatting.js";
import { section, statusLine, token } from "./link-page.js";
import { t } from "./texts.js";

/** @typedef {{flow: string | null, muted_until: string | null}} NotMe */

const TOKEN = /^[\w-]+\.[\w-]{40,120}$/;

const { status } = statusLine;
const broken = find(section, "[data-for=broken]");

/**
 * @param {string} name
 * @param {boolean} isShown
 */
function toggle(name, isShown) {
  find(section, `[data-for=${name}]`).hidden = !isShown;
}

/** @param {NotMe} state */
function show({ flow, muted_until: until }) {
  toggle("whole", until === null);
  toggle("flow", flow !== null);
  toggle("notice", flow === null);
  toggle("muted", until !== null);
  if (until) statusLine.showStatus(t("not_me.muted", { time: dateText(new Date(until), "moment") }));
}

function showBroken() {
  toggle("whole", false);
  toggle("muted", false);
  broken.hidden = false;
  broken.focus();
}

/** @param {Refusal} refusal */
function handle({ code }) {
  if (code !== "no_such_mail") return false;
  showBroken();
  return true;
}

/** @param {string} mute */
async function press(mute) {
  show(await request("POST", `/not-me/${token}`, { body: { mute }, promises: "muted_until" }));
  if (mute === "off") statusLine.showStatus(t("not_me.undone"));
  status.focus();
}

async function look() {
  const slow = setTimeout(() => statusLine.showStatus(t("wait.slow")), SLOW_AFTER);
  try {
    show(await request("GET", `/not-me/${token}`, { promises: "muted_until" }));
  } catch (error) {
    if (!(error instanceof Refusal && handle(error))) showFailure(status, error, lookAgain, statusLine);
  } finally {
    clearTimeout(slow);
    if (status.textContent === t("wait.slow")) statusLine.showStatus("");
  }
}

function lookAgain() {
  section.querySelector(".trouble")?.remove();
  return look();
}

for (const button of findAll(section, "button[data-mute]")) {
  const mute = button.dataset.mute ?? "day";
  button.addEventListener("click", () => runBusy(button, statusLine, () => press(mute), handle));
}

if (TOKEN.test(token)) look();
else showBroken();
