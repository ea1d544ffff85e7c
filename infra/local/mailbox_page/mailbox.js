// @ts-check
// Shows the mails of the local stack, newest first, and looks for new ones every second.

/**
 * A mail as /mailbox/messages.json gives it.
 *
 * @typedef {object} Mail
 * @property {number} number its own; it keeps it when old mails are forgotten
 * @property {string} to
 * @property {string} subject
 * @property {string} received_at
 * @property {string} text
 * @property {string} html
 * @property {Record<string, string>} headers
 */

const POLL_EVERY = 1000;
const TABS = ["html", "text", "headers"];

/** @type {Mail[]} newest first */
let mails = [];
/** The number of the open mail, 0 for none. */
let openNumber = 0;
let chosenTab = "html";
let etag = "";

const newestNumber = () => mails[0]?.number ?? 0;

/**
 * The element with an id. Throws if the page has none, or one of another kind.
 *
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 * @param {new () => E} [kind]
 * @returns {E}
 */
function byId(id, kind) {
  const node = document.getElementById(id);
  if (!(node instanceof (kind ?? HTMLElement))) throw new TypeError(`no such element: ${id}`);
  return /** @type {E} */ (node);
}

/** @param {string} name */
const tabButton = (name) => byId(`tab-${name}`, HTMLButtonElement);

/** The buttons of the list, one a mail. */
const mailButtons = () => [...byId("mails").querySelectorAll("button")];

/** @param {string} time */
const clock = (time) =>
  new Date(time).toLocaleTimeString([], {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });

function drawList() {
  const focused = document.activeElement;
  const focusedNumber = focused instanceof HTMLElement ? focused.dataset.number : undefined;
  byId("mails").replaceChildren(...mails.map(mailRow));
  mailButtons().find(({ dataset }) => dataset.number === focusedNumber)?.focus();
  markOpenMail();
  byId("none").hidden = mails.length > 0;
  byId("count").textContent = mails.length === 1 ? "1 mail." : `${mails.length} mails.`;
}

/** @param {Mail} mail */
function mailRow(mail) {
  const row = /** @type {DocumentFragment} */ (byId("row", HTMLTemplateElement).content.cloneNode(true));
  const texts = new Map([
    [".to", mail.to],
    [".subject", mail.subject || "(no subject)"],
    ["time", clock(mail.received_at)],
  ]);
  for (const [selector, text] of texts) row.querySelector(selector)?.replaceChildren(text);
  row.querySelector("time")?.setAttribute("datetime", mail.received_at);
  const button = row.querySelector("button");
  if (button) button.dataset.number = String(mail.number);
  button?.addEventListener("click", () => openMail(mail.number));
  return row;
}

/**
 * The value of a mail's header, or "".
 *
 * @param {Mail} mail
 * @param {string} name in lower case
 */
const headerOf = (mail, name) =>
  Object.entries(mail.headers).find(([other]) => other.toLowerCase() === name)?.[1] ?? "";

/** @param {number} number */
function openMail(number) {
  const mail = mails.find((each) => each.number === number);
  openNumber = mail ? number : 0;
  byId("mail").hidden = !mail;
  if (!mail) return;
  byId("subject").textContent = mail.subject || "(no subject)";
  byId("to").textContent = mail.to;
  byId("from").textContent = headerOf(mail, "from");
  const received = byId("received", HTMLTimeElement);
  received.dateTime = mail.received_at;
  received.textContent = new Date(mail.received_at).toLocaleString([], {
    dateStyle: "medium",
    timeStyle: "long",
    hourCycle: "h23",
  });
  byId("text").textContent = mail.text || "This mail has no text part.";
  byId("html", HTMLIFrameElement).src = `/mailbox/messages/${number}.html`;
  byId("headers").replaceChildren(...Object.entries(mail.headers).map(headerRow));
  tabButton("html").disabled = !mail.html;
  showTab(mail.html || chosenTab !== "html" ? chosenTab : "text");
  markOpenMail();
}

/** @param {[string, string]} header */
function headerRow([name, value]) {
  const row = document.createElement("tr");
  const key = document.createElement("th");
  key.scope = "row";
  key.textContent = name;
  const cell = document.createElement("td");
  cell.textContent = value;
  row.append(key, cell);
  return row;
}

function markOpenMail() {
  for (const button of mailButtons()) {
    if (Number(button.dataset.number) === openNumber) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

/** @param {string} chosen */
function showTab(chosen) {
  for (const name of TABS) {
    const isChosen = name === chosen;
    tabButton(name).setAttribute("aria-selected", String(isChosen));
    tabButton(name).tabIndex = isChosen ? 0 : -1;
    byId(`panel-${name}`).hidden = !isChosen;
  }
}

/**
 * Shows a tab, and keeps to it for the mails that are opened later.
 *
 * @param {string} name
 */
function chooseTab(name) {
  chosenTab = name;
  showTab(name);
}

async function poll() {
  try {
    const response = await fetch("/mailbox/messages.json", {
      headers: etag ? { "If-None-Match": etag } : {},
      cache: "no-store",
    });
    if (response.status === 200) {
      etag = response.headers.get("ETag") ?? "";
      const newestWasOpen = openNumber === newestNumber();
      mails = await response.json();
      if (newestWasOpen) openMail(newestNumber());
      drawList();
    }
  } catch {
    byId("count").textContent = "The local stack does not answer.";
    etag = "";
  }
  setTimeout(poll, POLL_EVERY);
}

/** @param {KeyboardEvent} event */
function moveBetweenTabs({ key }) {
  if (key !== "ArrowRight" && key !== "ArrowLeft") return;
  const step = key === "ArrowRight" ? 1 : -1;
  const enabled = TABS.filter((name) => !tabButton(name).disabled);
  const current = enabled.findIndex((name) => tabButton(name).getAttribute("aria-selected") === "true");
  const next = enabled[(current + step + enabled.length) % enabled.length];
  chooseTab(next);
  tabButton(next).focus();
}

for (const name of TABS) tabButton(name).addEventListener("click", () => chooseTab(name));
/** @type {HTMLElement | null} */
const tabList = document.querySelector("[role=tablist]");
tabList?.addEventListener("keydown", moveBetweenTabs);
poll();
