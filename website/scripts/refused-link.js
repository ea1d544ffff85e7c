// @ts-check
// Shows why a download link was refused: the reason that the address names, and where to go next.

import "./site.js";
import { find, findAll, make } from "./dom.js";
import { dateText } from "./formatting.js";
import { t } from "./texts.js";

const query = new URLSearchParams(location.search);
const video = query.get("video_id") ?? "";
const at = new Date(query.get("at") ?? "");
const sections = findAll(document, "main > section");
const reason = sections.find(({ id }) => id !== "" && id !== "more" && id === query.get("reason"));

// For an unknown reason the page shows all of them.
if (reason) {
  for (const section of sections) section.hidden = section !== reason && section.id !== "more";
  const home = find(document, "a.mark", HTMLAnchorElement).pathname;
  const isVideoId = /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(video);
  const href = isVideoId ? `${home}videos/${video}` : home;
  const text = t(isVideoId ? "link.to_video" : "link.to_videos");
  if (reason.id === "replaced" && !Number.isNaN(at.getTime())) {
    reason.append(make("p", {}, t("link.replaced_on", { date: dateText(at, "moment") })));
  }
  reason.append(make("p", { className: "actions" }, make("a", { className: "button", href }, text)));
}
