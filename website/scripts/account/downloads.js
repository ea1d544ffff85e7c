// Part "downloads": what was downloaded, later days first, and erasing it.

import { request } from "../api.js";
import { copyOf } from "../dom.js";
import { dateText } from "../formatting.js";
import { t, tPlural } from "../texts.js";

const AT_ONCE = 4;

export const load = (cursor) =>
  request("GET", `/account/downloads${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`);

export function show(container, page, account, first) {
  const list = container.querySelector(".history");
  const more = container.querySelector("[data-more]");
  let cursor;
  const append = ({ items, next_cursor: next }) => {
    const rows = items.map(row);
    list.append(...rows);
    nameVideos(rows);
    cursor = next;
    more.hidden = !next;
    return rows;
  };
  append(first);
  const button = more.querySelector("button");
  button.addEventListener("click", () =>
    page.run(button, async () => append(await load(cursor))[0]?.querySelector("a").focus()));
  const erase = container.querySelector("[data-erase]");
  const sure = container.querySelector(".sure");
  const question = sure.querySelector("#sure");
  erase.hidden = !list.children.length;
  container.querySelector(".none").hidden = list.children.length > 0;
  erase.querySelector("button").addEventListener("click", () => {
    page.showStatus("");
    erase.hidden = true;
    const count = list.children.length;
    question.textContent = cursor ? t("history.sure_all") : tPlural("history.sure", { count });
    sure.hidden = false;
    question.focus();
  });
  sure.querySelector("[data-no]").addEventListener("click", () => {
    sure.hidden = true;
    erase.hidden = false;
    erase.querySelector("button").focus();
  });
  const yes = sure.querySelector("[data-yes]");
  yes.addEventListener("click", () =>
    page.run(yes, async () => {
      await request("DELETE", "/account/downloads");
      sure.hidden = true;
      list.replaceChildren();
      more.hidden = true;
      container.querySelector(".none").hidden = false;
      page.showStatus(t("history.erased"));
      container.querySelector("#part-title").focus();
    }));
}

function row({ video_id: video, rendition_id: rendition, downloaded_at: at }) {
  const line = copyOf("history-row").firstElementChild;
  const date = new Date(at);
  const time = line.querySelector("time");
  time.dateTime = at;
  time.textContent = `${dateText(date, "short")}, ${dateText(date, "zoned")}`;
  const link = line.querySelector("a");
  link.href = `${document.querySelector(".mark").pathname}videos/${encodeURIComponent(video)}`;
  link.textContent = video;
  line.querySelector(".hint").textContent = rendition;
  line.dataset.video = video;
  line.dataset.rendition = rendition;
  return line;
}

/** Puts titles and formats where ids stand; a video that is gone keeps its id. */
async function nameVideos(lines) {
  const ids = [...new Set(lines.map((line) => line.dataset.video))];
  const name = async () => {
    for (let id = ids.shift(); id; id = ids.shift()) {
      const video = await request("GET", `/videos/${encodeURIComponent(id)}`).catch(() => null);
      if (video) nameRows(lines, video);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, name));
}

function nameRows(lines, video) {
  for (const line of lines) {
    if (line.dataset.video !== video.video_id) continue;
    const file = video.renditions.find((file) => file.rendition_id === line.dataset.rendition);
    line.querySelector("a").textContent = video.title;
    if (file) line.querySelector(".hint").textContent = labelOf(file);
  }
}

/** A file's label as every language writes it: that of a sound goes on in English words. */
const labelOf = ({ label, video }) => (video ? label : label.split(", ")[0]);
