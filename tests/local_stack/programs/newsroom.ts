// A newsroom's program, by a client that openapi-typescript and openapi-fetch make of the API's
// document: registers, lists, reads a transcript, and prints a link. `test_clients.py` runs it.

import { once } from "node:events";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import createClient from "openapi-fetch";
import type { paths } from "./newsreel-api.d.ts";

const [site = "", mailbox = "", email = "", password = ""] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl: `${site}/api`, headers: { Origin: site } });

// Node keeps no cookies.
let cookie = "";
api.use({
  onRequest({ request }) {
    if (cookie) request.headers.set("Cookie", cookie);
    return request;
  },
  onResponse({ response }) {
    const set = response.headers.getSetCookie();
    if (set.length) cookie = set.map((line) => line.split(";")[0]).join("; ");
  },
});

function told<Data>(answer: { data?: Data; error?: unknown; response: Response }): Data {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

// Not by fetch, which says that a page asks: the mailbox answers its own pages alone.
async function read(url: string): Promise<string> {
  const [answer] = await once(get(url), "response");
  return text(answer);
}

async function code(): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const url = `${mailbox}/messages.json?to=${encodeURIComponent(email)}`;
    const mails: { subject: string }[] = JSON.parse(await read(url));
    const found = /\b(\d{3}) ?(\d{3})\b/.exec(mails[0]?.subject ?? "");
    if (found) return `${found[1]}${found[2]}`;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("no code came");
}

const started = told(await api.POST("/registrations", { body: { email, password } }));
const flow = { path: { registration_id: started.registration_id } };
const confirmed = await api.POST("/registrations/{registration_id}/confirm", {
  params: flow,
  body: { code: await code() },
});
if (told(confirmed).account.email !== email) throw new Error("another account");
told(await api.POST("/sessions", { body: { email, password } }));

const list = told(await api.GET("/videos", { params: { query: { limit: 100 } } }));
const entry = list.items.find((item) => item.transcript?.timed);
if (!entry) throw new Error("no video with a timed transcript");
const params = { path: { video_id: entry.video_id } };
const video = told(await api.GET("/videos/{video_id}", { params }));
const transcript = told(await api.GET("/videos/{video_id}/transcript", { params }));
const captions = told(
  await api.GET("/videos/{video_id}/transcript.vtt", { params, parseAs: "text" }),
);
const [file] = video.renditions;
if (!file || !transcript.turns.length || !captions.startsWith("WEBVTT")) throw new Error("no words");

const rendition = file.rendition_id;
const early = await api.POST("/videos/{video_id}/downloads", { params, body: { rendition } });
if (early.error?.code !== "terms_not_accepted") throw new Error("the terms were not asked for");
const terms_version = early.error.terms_version ?? "";
const link = await api.POST("/videos/{video_id}/downloads", {
  params,
  body: { rendition, terms_version },
});
console.log(told(link).download_url);
