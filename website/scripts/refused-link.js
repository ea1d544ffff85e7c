// Why a download link was refused: shows the one reason that the address names, and leads on.

import { make } from "./dom.js";
import { dateText } from "./formatting.js";
import { t } from "./texts.js";

const query = new URLSearchParams(location.search);
const reason = document.getElementById(query.get("reason") ?? "");
const video = query.get("video_id") ?? "";
const at = new Date(query.get("at") ?? "");
const sections = [...document.querySelectorAll("main > section")];

// Without a reason that we know, all of them stand there to read.
if (sections.includes(reason) && reason.id !== "more") {
  for (const section of sections) section.hidden = section !== reason && section.id !== "more";
  const home = document.querySelector("a.mark").pathname;
  const known = /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(video);
  const words = t(known ? "link.to_video" : "link.to_videos");
  const way = make("a", { className: "button", href: known ? `${home}videos/${video}` : home }, words);
  if (reason.id === "replaced" && !Number.isNaN(at.getTime())) {
    reason.append(make("p", {}, t("link.replaced_on", { date: dateText(at, "moment") })));
  }
  reason.append(make("p", { className: "actions" }, way));
}
