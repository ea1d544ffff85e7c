"""Terms, privacy, accessibility, help and refused links: there in both languages, for everybody."""

from typing import get_args

import pytest
from newsreel.downloads.link_check import Reason
from newsreel.texts import messages
from playwright.sync_api import expect

from tests.browser.person import DOORSTEP, Open, say, speaking
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.usefixtures("language")
PAGES = ("terms", "privacy", "accessibility", "help", "link")


def _text(key: str) -> str:
    return messages.text(speaking.get(), "texts", key, organisation="NATO")


def test_text_pages_read_without_javascript(enter: Open, language: str) -> None:
    person = enter(java_script_enabled=False)
    for page in PAGES:
        answer = person.page.goto(f"{messages.home(language)}{page}")
        assert answer is not None
        assert answer.status == 200, page
        expect(person.page.get_by_role("heading", level=1)).to_have_text(_text(f"{page}.title"))
        expect(person.page.locator("main section p, main section li").first).to_be_visible()


def test_text_pages_suit_everybody(enter: Open) -> None:
    person = enter("phone")
    for page in PAGES:
        person.go(f"/{page}")
        expect(person.page.get_by_role("heading", level=1)).to_have_text(_text(f"{page}.title"))
        assert faults(person, f"70-{page}") == [], page
        person.page.set_viewport_size({"width": 320, "height": 640})
        assert person.page.evaluate("document.documentElement.scrollWidth") <= 320, page


def test_every_page_leads_to_them(enter: Open) -> None:
    person = enter("phone")
    for page in PAGES[:-1]:
        person.go()
        person.page.locator(f"footer a[href$='/{page}']").click()
        expect(person.page.get_by_role("heading", level=1)).to_have_text(_text(f"{page}.title"))


def test_a_refused_link_is_told_why_and_led_on(enter: Open) -> None:
    person = enter("phone")
    for reason in get_args(Reason):
        person.go(f"/link?reason={reason}&video_id={DOORSTEP}&at=2026-02-14T08:00:00Z")
        shown = person.page.locator("main > section:visible h2")
        expect(shown).to_have_text([_text(f"link.{reason}.heading")])
        person.photograph(f"71-link-{reason}")
        person.page.get_by_role("link", name=say("link.to_video")).click()
        person.page.wait_for_url(f"**{messages.home(speaking.get())}videos/{DOORSTEP}")


def test_without_a_reason_that_we_know_all_of_them_are_told(enter: Open) -> None:
    person = enter()
    for query in (
        "",
        "?reason=more",
        "?reason=email",
        "?reason=%22%3E&video_id=%2F%2Fevil.example",
    ):
        person.go(f"/link{query}")
        expect(person.page.locator("main > section h2:visible")).to_have_count(
            len(get_args(Reason))
        )
    assert faults(person, "71-link") == []


def test_a_forged_address_leads_nowhere_else(enter: Open) -> None:
    person = enter()
    person.go("/link?reason=expired&video_id=..%2F..%2F%2Fevil.example")
    way = person.page.locator("main .actions a")
    expect(way).to_have_attribute("href", messages.home(speaking.get()))


def test_help_opens_the_dialogs_it_speaks_of(enter: Open) -> None:
    person = enter()
    person.go("/help")
    person.page.locator("#start").get_by_role("link").first.click()
    person.title(say("shell.register_title"))
