// Step "done": the account exists; the wanted file, and the newsletter where it is offered.

import { ask } from "../api.js";
import { announce } from "../dom.js";
import { startDownload, withAccount } from "../downloads.js";
import { openFlow } from "../flow.js";
import { say } from "../words.js";
import { runBusy } from "./forms.js";
import { configuration, showOffers } from "./policy.js";

export function mount(step, dialog) {
  const wanted = openFlow()?.wanted;
  const download = step.querySelector("[data-download]");
  step.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  if (wanted) {
    download.hidden = false;
    download.textContent = say("download.button", { label: wanted.label });
    download.addEventListener("click", () => runBusy(download, dialog, () => fetchWanted(wanted, dialog)));
  }
  const newsletter = step.querySelector("[data-offer=newsletter]");
  const subscribe = newsletter.querySelector("button");
  subscribe.addEventListener("click", () =>
    runBusy(subscribe, dialog, async () => {
      await ask("PUT", "/account/newsletter", {
        body: {
          text_version: (await configuration()).newsletter_text_version,
          language: document.documentElement.lang,
        },
      });
      newsletter.hidden = true;
      dialog.say(say("newsletter.done"));
    }));
  showOffers(step);
}

async function fetchWanted(wanted, dialog) {
  const link = await withAccount(wanted, startDownload);
  if (!link) return;
  dialog.say(say("download.started"));
  announce(say("download.started"));
}
