// The video page: the player, the downloads and the transcript, on top of HTML that reads alone.

import "./download-list.js";
import { dateText } from "./formatting.js";
import "./media-player.js";
import "./turn-list.js";

// Moments were written in UTC by the server; here they get the reader's zone.
for (const time of document.querySelectorAll("time[data-moment]")) {
  time.textContent = dateText(new Date(time.dateTime), time.dataset.moment);
}

// On a wide screen the downloads stand under the player and stay with it; on a phone they come
// after the transcript. The order of the document follows, so that Tab goes as one reads.
const wide = matchMedia("(min-width: 60rem)");
const downloads = document.querySelector("download-list");
const media = document.querySelector(".media");
const text = document.querySelector(".text");

function placeDownloads() {
  if (!downloads || !media) return;
  if (wide.matches) media.append(downloads);
  else text.after(downloads);
}

wide.addEventListener("change", placeDownloads);
placeDownloads();
