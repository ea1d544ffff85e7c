// Part "security": the browsers that are logged in, and the way to a new password.

import { request } from "../api.js";
import { copyOf } from "../dom.js";
import { dateText } from "../formatting.js";
import { t } from "../texts.js";

export const load = async () => (await request("GET", "/account/sessions")).items;

export function show(container, page, account, sessions) {
  container.querySelector(".sessions").append(...sessions.map((session) => row(session, container, page)));
}

const moment = (time) => dateText(new Date(time), "moment");

function row(session, container, page) {
  const line = copyOf("session-row").firstElementChild;
  const name = session.browser || t("sessions.unknown");
  line.querySelector(".browser").textContent = name;
  const facts = [
    session.current ? t("sessions.current") : "",
    t("sessions.began", { date: moment(session.created_at) }),
    session.current ? "" : t("sessions.used", { date: moment(session.last_used_at) }),
    session.keep ? t("sessions.kept") : "",
  ];
  line.querySelector(".hint").textContent = facts.filter(Boolean).join(" · ");
  line.classList.toggle("current", session.current);
  const button = line.querySelector("button");
  // This browser logs out in the header, as everywhere.
  button.hidden = session.current;
  button.setAttribute("aria-label", t("sessions.end", { browser: name }));
  button.addEventListener("click", () =>
    page.run(button, async () => {
      await request("DELETE", `/account/sessions/${encodeURIComponent(session.session_id)}`);
      line.remove();
      page.showStatus(t("sessions.ended", { browser: name }));
      container.querySelector("#part-title").focus();
    }));
  return line;
}
