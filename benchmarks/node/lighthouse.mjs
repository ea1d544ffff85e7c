// Asks Lighthouse about pages, in one Chromium, and writes a line of JSON for each look:
// node lighthouse.mjs '{"groups": ["seo"], "without": [],
//   "looks": [{"url": "http://localhost/", "form": "phone"}]}'

import { launch, Launcher } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"];
const CONFIGS = { phone: { extends: "lighthouse:default" }, desktop: desktopConfig };
const TRIES = 3;

const { groups, without, looks } = JSON.parse(process.argv[2]);
// Chromium obeys the last list of features alone: this one repeats the launcher's.
const off = Launcher.defaultFlags().find((flag) => flag.startsWith("--disable-features="));
const chromeFlags = [...FLAGS, [off, ...without].join(",")];
const chrome = await launch({ chromeFlags, logLevel: "silent" });
try {
  for (const { url, form } of looks) console.log(JSON.stringify({ url, form, ...(await look(url, form)) }));
} finally {
  chrome.kill();
}

async function look(url, form) {
  const flags = {
    port: chrome.port,
    onlyCategories: groups,
    disableFullPageScreenshot: true,
    logLevel: "silent",
  };
  let report;
  // On a busy machine a trace may miss the beginning of the page: then it has no scores.
  for (let tries = 0; tries < TRIES; tries += 1) {
    report = (await lighthouse(url, flags, CONFIGS[form])).lhr;
    if (!report.runtimeError) return judge(report);
  }
  throw new Error(report.runtimeError.message);
}

function judge({ categories, audits }) {
  const scores = {};
  const missed = [];
  for (const [group, { score, auditRefs }] of Object.entries(categories)) {
    scores[group] = Math.round(score * 100);
    for (const { id, weight } of auditRefs) {
      const { score: one, title } = audits[id];
      if (weight && one !== null && one < 0.9) missed.push(`${group}: ${title} (${id})`);
    }
  }
  return { scores, missed };
}
