"""A reader leaves the newsletter by the link of a mail; a developer is its press office."""

import json
import re
import secrets
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from newsreel.texts import messages
from playwright.sync_api import Request, expect

from tests.browser.person import PASSWORD, Open, Person, Site, say, speaking

_PATIENCE = 180.0
_LINK = re.compile(r'href="([^"]*/unsubscribe#[^"]+)"')


@dataclass(frozen=True)
class Reader:
    """A subscriber who has got an edition."""

    site: Site
    cookies: dict[str, str | None]
    link: str
    """Where the link in the mail leads, without the website's address."""

    def gets_it(self) -> bool:
        """Tell whether the newsletter goes to this reader."""
        answer = _send(self.site, "GET", "/api/account", self.cookies)
        return bool(answer.json()["newsletter"])


def _send(
    site: Site, method: str, path: str, cookies: dict[str, str | None], **options: Any
) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = {"Cookie": cookie, "Origin": site.url}
        answer = session.request(method, site.url + path, headers=headers, timeout=120, **options)
    assert answer.ok, answer.text
    return answer


def _subscribe(site: Site, language: str) -> tuple[str, dict[str, str | None]]:
    address = f"{secrets.token_hex(6)}@newsroom.example"
    token = speaking.set(language)
    cookies = site.open_account(address, PASSWORD, accept_terms=False)
    speaking.reset(token)
    yes = {"text_version": "2026-01", "language": language, "place": "account"}
    _send(site, "PUT", "/api/account/newsletter", cookies, json=yes)
    return address, cookies


def _edition_to(site: Site, address: str) -> str:
    """Return the HTML of the edition that an address got, as soon as it is there."""
    query = urlencode({"to": address})
    last = time.monotonic() + _PATIENCE
    while time.monotonic() < last:
        with urllib.request.urlopen(f"{site.mailbox_url}/messages.json?{query}") as answer:
            for mail in json.load(answer):
                if "List-Unsubscribe" in mail["headers"]:
                    return str(mail["html"])
        time.sleep(0.5)
    raise AssertionError("no edition came")


@pytest.fixture(scope="module")
def readers(site: Site) -> Iterator[dict[str, Reader]]:
    """Have an edition mailed to one subscriber of each language."""
    people = {language: _subscribe(site, language) for language in messages.LANGUAGES}
    _send(site, "POST", "/mailbox/newsletter", {})
    page = _send(site, "GET", "/mailbox/newsletter", {}).text
    newest = re.findall(r'id="edition-([0-9-]+)"', page)[0]
    _send(site, "POST", f"/mailbox/newsletter/{newest}", {}, data={"order": "approve"})
    readers = {}
    for language, (address, cookies) in people.items():
        found = _LINK.search(_edition_to(site, address))
        assert found
        parts = urlsplit(found[1])
        readers[language] = Reader(site, cookies, f"{parts.path}#{parts.fragment}")
    yield readers
    for _, cookies in people.values():
        _send(site, "DELETE", "/api/account/newsletter", cookies)


def _posts(person: Person) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and "/newsletter/unsubscribe/" in request.url:
            asked.append(request.url)

    person.page.on("request", note)
    return asked


# ---------------------------------------------------------------- the reader


@pytest.mark.parametrize("spoiled", ["cut", "altered"])
def test_a_link_that_was_spoiled_is_refused_in_plain_words_and_ends_nothing(
    enter: Open, readers: dict[str, Reader], language: str, spoiled: str
) -> None:
    reader, person = readers[language], enter("phone")
    if spoiled == "cut":
        person.page.goto(reader.link[:-30])
    else:
        swapped = "a" if reader.link[-8] != "a" else "b"
        person.page.goto(f"{reader.link[:-8]}{swapped}{reader.link[-7:]}")
        person.page.get_by_role("button", name=say("shell.unsubscribe"), exact=True).click()
    broken = person.page.get_by_text(say("shell.unsubscribe_broken"))
    expect(broken).to_be_visible()
    expect(
        person.page.get_by_role("button", name=say("shell.unsubscribe"), exact=True)
    ).to_be_hidden()
    account = person.page.locator("main").get_by_role("link", name=say("shell.unsubscribe_account"))
    expect(account).to_have_attribute("href", messages.home(language) + "account/newsletter")
    person.photograph(f"71-unsubscribe-{spoiled}")
    assert reader.gets_it()


def test_one_press_behind_the_link_of_a_mail_ends_the_newsletter(
    enter: Open, readers: dict[str, Reader], language: str
) -> None:
    reader, person = readers[language], enter("phone")
    posts = _posts(person)
    assert reader.link.startswith(f"{messages.home(language)}unsubscribe#")
    person.page.goto(reader.link)
    expect(person.page.locator("h1")).to_have_text(say("shell.unsubscribe_title"))
    person.photograph("70-unsubscribe")
    assert reader.gets_it()  # opening the page is no press
    person.page.get_by_role("button", name=say("shell.unsubscribe"), exact=True).dblclick()
    told = person.page.get_by_role("status").filter(
        has_text=messages.text(language, "newsletter", "unsubscribed")
    )
    expect(told).to_be_visible()
    expect(told).to_be_focused()
    person.photograph("72-unsubscribed")
    assert not reader.gets_it()
    assert len(posts) == 1


# ---------------------------------------------------------------- the press office


def test_the_page_in_the_mailbox_shows_an_edition_and_obeys_its_buttons(
    enter: Open,
) -> None:
    person = enter("phone")
    page = person.page
    page.goto("/mailbox/newsletter")
    page.get_by_role("button", name="Make an edition").click()
    newest = page.locator("section").first
    expect(newest.locator("h2 span")).to_have_text("review")
    for language in messages.LANGUAGES:
        mail = newest.locator(f"article[lang={language}]")
        expect(mail.frame_locator("iframe").locator("h1")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    person.photograph("73-press-office")
    newest.get_by_role("button", name="Cancel for good").click()
    expect(newest.locator("h2 span")).to_have_text("cancelled")
    expect(newest.get_by_role("button")).to_have_count(0)
