"""What a person does on the website, in the website's own words."""

import json
import re
import secrets
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from newsreel import words
from playwright.sync_api import Locator, Page, expect

PASSWORD = "Right-Kestrel-2026"
DOORSTEP = "2026-02-14-munich-doorstep"
_MAIL_PATIENCE = 20.0
_PAGE_PATIENCE = 15.0


def say(key: str, **values: object) -> str:
    """Return a text of the website."""
    return words.text("en", "site", key, organisation="NATO", **values)


def page_text(key: str, **values: object) -> str:
    """Return a text of the video page."""
    return words.text("en", "page", key, **values)


@dataclass(frozen=True)
class Site:
    """Where the website and the local mailbox are."""

    url: str
    mailbox_url: str

    def subjects(self, address: str) -> list[str]:
        """Return the subjects of the mails to an address, newest first."""
        with urllib.request.urlopen(f"{self.mailbox_url}/messages.json") as answer:
            messages = json.load(answer)
        return [one["subject"] for one in messages if address in str(one["to"])]

    def read_code(self, address: str, *, mails: int = 1) -> str:
        """Return the six digits of the newest mail, once so many have come."""
        until = time.monotonic() + _MAIL_PATIENCE
        while time.monotonic() < until:
            subjects = self.subjects(address)
            if len(subjects) >= mails:
                found = re.search(r"\d{3}\s?\d{3}", subjects[0])
                assert found, "the newest mail carries no code"
                return re.sub(r"\s", "", found[0])
            time.sleep(0.1)
        raise AssertionError(f"{mails} mails expected, {len(self.subjects(address))} came")


@dataclass
class Person:
    """Somebody with a browser."""

    page: Page
    site: Site
    screenshots: Path
    email: str = field(default_factory=lambda: f"{secrets.token_hex(6)}@newsroom.example")

    @property
    def dialog(self) -> Locator:
        """The account dialog."""
        return self.page.locator("dialog")

    def go(self, path: str = "/") -> None:
        """Open a page and wait until it is at work."""
        self.page.goto(path)
        self.until("() => Boolean(customElements.get('site-header'))")

    def until(self, function: str, value: object = None) -> None:
        """Wait until a function of the page says true (the page's policy forbids to poll there)."""
        until = time.monotonic() + _PAGE_PATIENCE
        while not self.page.evaluate(function, value):
            assert time.monotonic() < until, f"never true: {function}"
            self.page.wait_for_timeout(50)

    def see(self, text: str) -> None:
        """Expect a text anywhere on the page, or in the dialog."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def title(self, text: str) -> None:
        """Expect the dialog's title."""
        expect(self.dialog.get_by_role("heading", level=2)).to_have_text(text)

    def press(self, name: str) -> None:
        """Press a button of the dialog."""
        self.dialog.get_by_role("button", name=name, exact=True).click()

    def register(self, password: str = PASSWORD) -> None:
        """Fill in and send the registration, from an open dialog."""
        self.title(say("shell.register_title"))
        self.dialog.get_by_label(say("shell.email")).fill(self.email)
        self.dialog.get_by_label(say("shell.password"), exact=True).fill(password)
        self.press(say("shell.register_submit"))
        self.title(say("shell.verify_title"))

    def enter_code(self, code: str) -> None:
        """Type a code and send it."""
        self.dialog.get_by_label(say("shell.code")).fill(code)
        self.press(say("shell.verify_submit"))

    def verify(self) -> None:
        """Enter the code that was mailed."""
        self.enter_code(self.site.read_code(self.email))
        self.title(say("shell.done_title"))

    def log_in(self, password: str = PASSWORD, *, keep: bool = False) -> None:
        """Fill in and send the log-in, from an open dialog."""
        self.title(say("shell.log_in_title"))
        self.dialog.get_by_label(say("shell.email")).fill(self.email)
        self.dialog.get_by_label(say("shell.password"), exact=True).fill(password)
        if keep:
            self.dialog.get_by_label(say("shell.keep")).check()
        self.press(say("shell.log_in_submit"))

    def log_out(self) -> None:
        """Log out by the header."""
        self.page.get_by_role("button", name=say("shell.log_out")).click()
        expect(self.page.locator("header a[href='#log-in']")).to_be_visible()

    def close(self) -> None:
        """Close the dialog by the button of its last step."""
        self.dialog.locator("[data-close]").click()
        expect(self.dialog).to_be_hidden()

    def has_account(self) -> None:
        """Register and verify from the catalogue, then log out."""
        self.go("/#register")
        self.register()
        self.verify()
        self.close()
        self.log_out()

    def photograph(self, name: str) -> None:
        """Keep a picture of what is seen."""
        self.screenshots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.screenshots / f"{name}.png")


Open = Callable[..., Person]
