// @ts-check
// The video page: the player, the downloads and the transcript. Its HTML is complete without this.

import "./site.js";
import "./download-list.js";
import { find, findAll, keepFocus } from "./dom.js";
import { dateText } from "./formatting.js";
import "./media-player.js";
import "./turn-list.js";

// The server writes times in UTC; here they change to the reader's time zone.
for (const time of findAll(document, "time[data-moment]")) {
  if (!(time instanceof HTMLTimeElement)) continue;
  time.textContent = dateText(new Date(time.dateTime), time.dataset.moment ?? "");
}

// A wide screen shows the downloads below the player, a phone after the transcript. The order of the
// document changes with it, so that Tab follows the order on the screen.
const wide = matchMedia("(min-width: 60rem)");
const downloads = document.querySelector("download-list");
const media = document.querySelector(".media");

function placeDownloads() {
  if (!downloads || !media) return;
  if (wide.matches) media.append(downloads);
  else find(document, ".text").after(downloads);
}

wide.addEventListener("change", () => keepFocus(placeDownloads));
keepFocus(placeDownloads);
