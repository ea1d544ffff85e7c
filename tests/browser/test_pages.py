"""Pages keep the rules of the site: light, self-contained, readable without JavaScript."""

import gzip
import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from newsreel.texts import messages
from playwright.sync_api import Response, expect

from tests.browser.person import DOORSTEP, Open, Site, page_text, say
from tests.browser.test_accessibility import faults

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "passwords.json"
FIRST_VIEW = {
    "text/html": 15_000,
    "text/css": 10_000,
    "text/javascript": 35_000,
    "font/woff2": 23_000,
    "application/json": 5_000,
}
"""Bytes over the wire, by kind; posters and previews are apart."""
FIRST_VIEW_WHOLE = 100_000


def test_a_video_reads_whole_without_javascript(enter: Open) -> None:
    person = enter("phone", java_script_enabled=False)
    person.page.goto(f"/videos/{DOORSTEP}")
    expect(person.page.get_by_role("heading", level=1)).to_be_visible()
    turns = person.page.locator(".turn")
    expect(turns).to_have_count(15)
    expect(person.page.locator(".turn.question h3")).to_have_count(7)
    expect(turns.last).to_contain_text("So, all of this is important.")
    assert page_text("downloads_noscript") in person.page.content()
    expect(person.page.locator("button").first).to_be_hidden()
    person.photograph("40-without-javascript")


def test_a_video_that_does_not_exist_is_a_true_404(enter: Open) -> None:
    person = enter()
    answer = person.page.goto("/videos/no-such-video")
    assert answer is not None
    assert answer.status == 404
    person.see(page_text("missing_title"))
    person.photograph("41-missing")


def test_an_address_that_is_none_gets_our_page_with_a_true_status(
    enter: Open, size: str, language: str
) -> None:
    person = enter(size)
    answer = person.page.goto(f"{messages.home(language)}nonsense")
    assert answer is not None
    assert answer.status == 404
    person.see(page_text("not_found_title"))
    colour = person.page.locator("main .button").evaluate(
        "node => getComputedStyle(node).backgroundColor"
    )
    assert colour == "rgb(11, 74, 134)"  # the site's own styles, under the site's own policy
    person.photograph("45-no-such-page")
    if size == "phone":
        assert faults(person, "45-no-such-page", preload=False) == []
    person.page.get_by_role("link", name=page_text("missing_link")).click()
    expect(person.page.locator(".row h3 a").first).to_be_visible()


def test_a_zone_stays_with_its_time_and_nothing_else_is_bound(enter: Open, language: str) -> None:
    person = enter()
    person.go()
    written = person.page.evaluate(
        """async () => {
          const { src } = document.querySelector("script[src$='/catalogue.js']");
          const { dateText } = await import(new URL("../scripts/formatting.js", src).href);
          const date = new Date("2026-02-14T01:04:00Z");
          return ["moment", "zoned", "day", "dayAndMonth"].map((form) => dateText(date, form));
        }"""
    )
    assert (
        written
        == {
            "en": [
                "14 February 2026 at 02:04\u00a0CET",
                "02:04\u00a0CET",
                "14 February 2026",
                "14 February",
            ],
            "fr": [
                "14 février 2026 à 02:04\u00a0UTC+1",
                "02:04\u00a0UTC+1",
                "14 février 2026",
                "14 février",
            ],
        }[language]
    )


def test_links_to_a_video_have_a_preview_and_structured_data(site: Site) -> None:
    address = f"{site.url}/videos/{DOORSTEP}"
    with urllib.request.urlopen(address) as answer:
        html = answer.read().decode()
    assert f'<link rel="canonical" href="{address}">' in html
    for name in ("og:title", "og:description", "og:image", "og:url"):
        assert f'<meta property="{name}" content="' in html
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    structured = json.loads(found[1])
    assert structured["@type"] == "VideoObject"
    assert structured["url"] == address
    assert "Peshmerga" in structured["transcript"]


@pytest.mark.parametrize("path", ["/", f"/videos/{DOORSTEP}"])
def test_the_first_view_is_light(enter: Open, path: str) -> None:
    person = enter()
    answers: list[Response] = []
    person.page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - no builtin
    person.page.goto(path, wait_until="networkidle")
    sizes = dict.fromkeys(FIRST_VIEW, 0)
    for answer in answers:
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind in sizes:
            # The distribution compresses text (the local one does not); fonts are compressed.
            body = answer.body()
            sizes[kind] += len(body if kind.startswith("font") else gzip.compress(body))
    assert all(size > 0 for kind, size in sizes.items() if kind != "application/json"), sizes
    assert {kind: size for kind, size in sizes.items() if size > FIRST_VIEW[kind]} == {}
    assert sum(sizes.values()) <= FIRST_VIEW_WHOLE


def test_the_account_is_asked_for_only_with_the_readable_cookie(enter: Open) -> None:
    person = enter()
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.page.goto("/", wait_until="networkidle")
    assert not [url for url in asked if url.endswith("/api/account")]
    person.page.goto("/#register")
    person.register()
    person.verify()
    person.page.goto("/", wait_until="networkidle")
    assert [url for url in asked if url.endswith("/api/account")]


def test_assets_never_change_and_pages_are_asked_for_again(site: Site) -> None:
    with urllib.request.urlopen(f"{site.url}/help") as answer:
        assert "no-cache" in answer.headers["Cache-Control"]
        html = answer.read().decode()
    asset = re.search(r'href="(/assets/[^"]+/site\.css)"', html)
    assert asset
    with urllib.request.urlopen(site.url + asset[1]) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_what_is_not_there_is_not_an_asset(site: Site) -> None:
    try:
        status = urllib.request.urlopen(f"{site.url}/assets/none/site.css").status
    except urllib.error.HTTPError as error:
        status = error.code
    assert status in {403, 404}


def test_the_page_and_the_server_agree_on_passwords(enter: Open) -> None:
    person = enter()
    person.go()
    rules = {
        "length": {"too_short"},
        "spaces": {"space"},
        "case": {"lower", "upper"},
        "numbers": {"number"},
        "symbols": {"symbol"},
    }
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    results = person.page.evaluate(
        """async (passwords) => {
          const { src } = document.querySelector("script[src$='/catalogue.js']");
          const policy = await import(new URL("../scripts/dialogs/policy.js", src).href);
          const numbers = await policy.passwordPolicy();
          const check = (one) => policy.checkPassword(one, numbers).rules;
          return passwords.map((one) => Object.fromEntries(check(one)));
        }""",
        [one["password"] for one in vectors],
    )
    for vector, result in zip(vectors, results, strict=True):
        if not vector["password"]:
            continue
        broken = set(vector["broken"])
        expected = {rule: not (codes & broken) for rule, codes in rules.items()}
        assert result == expected, vector["password"]


def test_words_are_found_in_the_transcript(enter: Open) -> None:
    person = enter("phone")
    person.go(f"/videos/{DOORSTEP}")
    field = person.page.get_by_label(page_text("find"))
    field.fill("NORTH POLE")
    expect(person.page.locator(".found")).to_have_text(
        say("transcript.found_none", query="NORTH POLE")
    )
    field.fill("peshmerga")
    field.press("Enter")
    expect(person.page.locator(".found")).to_have_text(say("transcript.found_at", index=1, count=1))
    expect(person.page.locator("#t2")).to_be_in_viewport()
    person.photograph("42-found")


def test_a_quote_is_copied_with_its_source(enter: Open) -> None:
    person = enter()
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.go(f"/videos/{DOORSTEP}")
    turn = person.page.locator("#t3")
    turn.hover()
    turn.get_by_role("button", name=page_text("copy_quote")).click()
    expect(person.page.locator(".notice")).to_have_text(say("transcript.quote_copied"))
    copied = person.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“Sorry, that is not on my agenda today or tomorrow.”\n")
    _, source, address = copied.split("\n")
    assert source.startswith("Mark Rutte, NATO Secretary General, Doorstep statement")
    assert address == f"{person.site.url}/videos/{DOORSTEP}#t3"


def test_a_whole_transcript_is_copied_with_its_source(enter: Open) -> None:
    person = enter()
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.go(f"/videos/{DOORSTEP}")
    person.page.get_by_role("button", name=page_text("copy_transcript")).click()
    expect(person.page.locator(".notice")).to_have_text(say("transcript.copied"))
    title, day, state, address, *rest = person.page.evaluate(
        "navigator.clipboard.readText()"
    ).split("\n")
    assert title == person.page.locator("h1").inner_text()
    assert "2026" in day
    assert state.endswith(".")
    assert address == f"{person.site.url}/videos/{DOORSTEP}"
    assert rest[:2] == ["", "Mark Rutte, NATO Secretary General"]
    assert "1 of 7" not in "\n".join(rest)


def test_the_format_used_last_stands_first(enter: Open) -> None:
    person = enter()
    person.go(f"/videos/{DOORSTEP}")
    rows = person.page.locator("download-list li")
    label = rows.last.get_attribute("data-label") or ""
    person.page.evaluate("label => localStorage.setItem('newsreel.format', label)", label)
    person.page.reload()
    expect(rows.first).to_have_attribute("data-label", label)
    expect(person.page.locator("download-list .download:not(.plain)")).to_have_count(1)


def test_a_timed_turn_plays_from_its_moment(enter: Open) -> None:
    person = enter()
    person.go()
    videos = person.page.evaluate("async () => (await (await fetch('/api/videos')).json()).items")
    timed = next(one for one in videos if one["transcript"] and one["transcript"]["timed"])
    person.go(f"/videos/{timed['video_id']}")
    button = person.page.locator("button.play").nth(1)
    start = float(button.get_attribute("data-play") or 0)
    button.click()
    person.until("(start) => document.querySelector('video').currentTime >= start - 0.1", start)
    expect(person.page.locator(".turn.now")).to_have_count(1)
    person.photograph("43-playing")


def test_a_video_without_speech_leads_to_its_shots_and_they_play(enter: Open) -> None:
    person = enter("phone")
    person.go()
    videos = person.page.evaluate("async () => (await (await fetch('/api/videos')).json()).items")
    silent = next(one for one in videos if not one["transcript"])
    person.go(f"/videos/{silent['video_id']}")
    expect(person.page.get_by_text(page_text("transcript_preparing"))).to_have_count(0)
    person.page.get_by_role("link", name=page_text("to_shotlist"), exact=True).click()
    shot = person.page.locator(".shotlist button.play").nth(1)
    expect(shot).to_be_in_viewport()
    start = float(shot.get_attribute("data-play") or 0)
    shot.click()
    person.until("(start) => document.querySelector('video').currentTime >= start - 0.1", start)
    person.photograph("44-shotlist")
