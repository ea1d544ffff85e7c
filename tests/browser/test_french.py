"""A French reader gets French everywhere: pages, dialogs, refusals and mails."""

import re
from collections.abc import Iterator

import pytest
from newsreel.texts import messages
from playwright.sync_api import expect

from tests.browser.person import DOORSTEP, Open, Person, page_text, say, speaking


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    """Have everybody here read French."""
    token = speaking.set("fr")
    yield
    speaking.reset(token)


def _newest_subject(person: Person, *, mails: int) -> str:
    person.site.read_codes(person.email, mails=mails)
    return person.site.subjects(person.email)[0]


def test_the_whole_journey_is_in_french(enter: Open) -> None:
    person = enter("phone")
    person.go()
    expect(person.page.locator("html")).to_have_attribute("lang", "fr")
    expect(person.page.locator(".row h3 a").first).to_be_visible()
    person.photograph("01-catalogue")
    person.page.locator(".banner").get_by_role("link", name=say("shell.register")).click()
    person.register()
    assert "est votre code de vérification" in _newest_subject(person, mails=1)
    expect(person.dialog.locator(".expiry")).to_contain_text("Ce code expire dans")
    person.photograph("02-verify")
    person.enter_code("000000")
    expect(person.dialog.locator(".error")).to_contain_text("Ce code n’est pas le bon. Il reste 4")
    person.photograph("03-wrong")
    person.verify()
    person.photograph("04-done")
    person.close()
    person.log_out()
    expect(person.page.locator(".notice")).to_have_text(say("account.log_out_done"))
    assert person.page.url.endswith("/fr/")


def test_a_reset_from_an_english_page_sends_the_mail_in_the_accounts_french(enter: Open) -> None:
    person = enter("phone")
    person.has_account()
    token = speaking.set("en")
    person.go("/#reset")
    person.ask_for_reset()
    speaking.reset(token)
    assert "est votre code de vérification" in _newest_subject(person, mails=2)


def test_the_welcome_is_in_the_language_of_the_registration(enter: Open) -> None:
    person = enter("phone")
    person.has_account()
    welcome = messages.text("fr", "mail", "welcome.subject", organisation="NATO")
    for _ in range(100):
        if welcome in person.site.subjects(person.email):
            break
        person.page.wait_for_timeout(200)
    assert welcome in person.site.subjects(person.email)


def test_the_other_language_shows_the_same_place(enter: Open) -> None:
    person = enter()
    person.go(f"/videos/{DOORSTEP}?from=mail#t3")
    person.page.locator("footer [data-switch]").click()
    person.page.wait_for_url(f"**/videos/{DOORSTEP}?from=mail#t3")
    expect(person.page.locator("html")).to_have_attribute("lang", "en")
    person.page.locator("header [data-switch]").click()
    person.page.wait_for_url(f"**/fr/videos/{DOORSTEP}?from=mail#t3")
    expect(person.page.locator("html")).to_have_attribute("lang", "fr")
    person.photograph("05-video")


def test_the_query_goes_along_to_the_other_language(enter: Open) -> None:
    person = enter()
    person.go("/?query=x#register")
    person.title(say("shell.register_title"))
    person.page.keyboard.press("Escape")
    person.page.locator("header [data-switch]").click()
    person.page.wait_for_url("**/?query=x")
    expect(person.page.locator("html")).to_have_attribute("lang", "en")


def test_a_video_reads_in_french_without_javascript(enter: Open) -> None:
    person = enter(java_script_enabled=False)
    person.page.goto(f"/fr/videos/{DOORSTEP}")
    heading = person.page.get_by_role("heading", name=page_text("transcript"), exact=True)
    expect(heading).to_be_visible()
    expect(person.page.locator("h1")).to_have_attribute("lang", "en")
    person.page.locator("header [data-switch]").click()
    person.page.wait_for_url(re.compile(rf"//[^/]+/videos/{DOORSTEP}$"))


def test_a_video_names_its_versions_for_search_engines(enter: Open) -> None:
    person = enter()
    person.go(f"/videos/{DOORSTEP}")
    versions = {
        link.get_attribute("hreflang"): link.get_attribute("href")
        for link in person.page.locator("link[rel=alternate][hreflang]").all()
    }
    address = f"{person.site.url}/videos/{DOORSTEP}"
    french = f"{person.site.url}/fr/videos/{DOORSTEP}"
    assert versions == {"en": address, "fr": french, "x-default": address}


def test_refusals_of_the_api_are_in_french(enter: Open) -> None:
    person = enter()
    person.go("/#log-in")
    with person.page.expect_response("**/api/sessions") as answer:
        person.log_in("Wrong-Kestrel-2026")
    assert answer.value.json()["title"] == messages.text(
        "fr", "problems", "wrong_credentials.title"
    )
    expect(person.dialog.locator(".error")).to_contain_text(say("log_in.fails"))


def test_above_a_phones_keyboard_the_button_stays_in_sight(enter: Open) -> None:
    person = enter("phone")
    # What a keyboard of 336 pixels leaves; French has the longer words.
    person.page.set_viewport_size({"width": 390, "height": 508})
    person.go("/#register")
    person.register()
    button = person.dialog.get_by_role("button", name=say("shell.verify_submit"))
    expect(button).to_be_in_viewport(ratio=1)
    person.enter_code("000000")
    expect(person.dialog.locator(".error")).to_be_in_viewport(ratio=1)
    expect(button).to_be_in_viewport(ratio=1)
