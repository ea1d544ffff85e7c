"""What a person does on the website, in the website's own words."""

import json
import re
import secrets
import time
import urllib.request
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

import requests
from newsreel import terms
from newsreel.texts import messages
from playwright.sync_api import Locator, Page, expect

from tests.browser.passing_time import LocalTable

PASSWORD = "Right-Kestrel-2026"
NEW_PASSWORD = "Other-Heron-2027"
DOORSTEP = "2026-02-14-munich-doorstep"
_MAIL_PATIENCE = 20.0
_PAGE_PATIENCE = 15.0
_CODE = re.compile(r"(.+) (?:is your verification code|est votre code de vérification)")
speaking = ContextVar("speaking", default="en")
"""The language that persons read and go to; a test of another language sets it."""


def new_address() -> str:
    """Return an address that nobody has used."""
    return f"{secrets.token_hex(6)}@newsroom.example"


def say(key: str, **values: object) -> str:
    """Return a text of the website."""
    return messages.text(speaking.get(), "site", key, organisation="NATO", **values)


def say_part(key: str, **values: object) -> str:
    """Return the beginning of a text of the website, up to what only the page knows."""
    known = dict.fromkeys(("time", "wait", "reference", "address"), "|") | values
    return say(key, **known).partition("|")[0].strip()


def page_text(key: str, **values: object) -> str:
    """Return a text of the video page."""
    return messages.text(speaking.get(), "page", key, **values)


@dataclass(frozen=True)
class Site:
    """Where the website and the local mailbox are."""

    url: str
    mailbox_url: str
    table: LocalTable

    def subjects(self, address: str) -> list[str]:
        """Return the subjects of the mails to an address, newest first."""
        query = urlencode({"to": address})
        with urllib.request.urlopen(f"{self.mailbox_url}/messages.json?{query}") as answer:
            return [one["subject"] for one in json.load(answer)]

    def newest_text(self, address: str) -> str:
        """Return the text of the newest mail to an address, once its code has come."""
        self.read_code(address)
        query = urlencode({"to": address})
        with urllib.request.urlopen(f"{self.mailbox_url}/messages.json?{query}") as answer:
            return str(json.load(answer)[0]["text"])

    def read_code(self, address: str, *, mails: int = 1) -> str:
        """Return the code of the newest mail that has one, once so many have come."""
        return self.read_codes(address, mails=mails)[0]

    def read_codes(self, address: str, *, mails: int) -> list[str]:
        """Return the codes that were mailed, newest first, once there are so many."""
        until = time.monotonic() + _MAIL_PATIENCE
        codes: list[str] = []
        while time.monotonic() < until:
            found = [_CODE.match(subject) for subject in self.subjects(address)]
            codes = [re.sub(r"[\s-]", "", one[1]) for one in found if one]
            if len(codes) >= mails:
                return codes
            time.sleep(0.1)
        raise AssertionError(f"{mails} codes expected, {len(codes)} came")

    def open_account(
        self, email: str, password: str, *, accept_terms: bool
    ) -> dict[str, str | None]:
        """Have an account without walking through the website; return its session's cookies."""
        send = requests.Session()
        send.trust_env = False
        start = {"email": email, "password": password, "language": speaking.get()}
        flow = send.post(f"{self.url}/api/registrations", json=start, timeout=60).json()
        opened = send.post(
            f"{self.url}/api/registrations/{flow['registration_id']}/confirm",
            json={"code": self.read_code(email)},
            timeout=60,
        )
        assert opened.status_code == 201
        cookies = {one.name: one.value for one in opened.cookies}
        if accept_terms:
            # Python's cookie jar returns no Secure cookie over plain http.
            cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
            accepted = send.put(
                f"{self.url}/api/account/terms",
                json={"version": terms.VERSIONS[-1].version},
                headers={"Cookie": cookie, "Origin": self.url},
                timeout=60,
            )
            assert accepted.status_code == 204
        return cookies


@dataclass
class Person:
    """Somebody with a browser."""

    page: Page
    site: Site
    pictures: Path | None
    email: str = field(default_factory=new_address)

    @property
    def dialog(self) -> Locator:
        """The account dialog."""
        return self.page.locator("dialog")

    def go(self, path: str = "/") -> None:
        """Open a page in one's language and wait until it is at work."""
        self.page.goto(messages.home(speaking.get()) + path.removeprefix("/"))
        self.until("() => Boolean(customElements.get('site-header'))")

    def comes_to_a_video(self) -> None:
        """Wait until the video page that one follows a link to is at work."""
        expect(self.page.locator("download-list")).to_be_visible()
        # Its buttons are there before the script that hears them.
        self.until("() => Boolean(customElements.get('download-list'))")

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

    def accept_terms(self) -> None:
        """Accept the terms of use, which the first download asks for."""
        self.title(say("shell.terms_title"))
        expect(self.dialog.locator(".text-box p").first).to_be_visible()
        self.dialog.locator("[data-accept]").click()

    def log_out(self) -> None:
        """Log out by the header."""
        self.page.get_by_role("button", name=say("shell.log_out")).click()
        expect(self.page.locator("header a[href='#log-in']")).to_be_visible()

    def close(self) -> None:
        """Close the dialog by the button of its last step."""
        self.dialog.locator("[data-close]").click()
        expect(self.dialog).to_be_hidden()

    def has_account(self, path: str = "/", *, accept_terms: bool = True) -> None:
        """Have an account that this browser has used, and be logged out, on a page."""
        self.site.open_account(self.email, PASSWORD, accept_terms=accept_terms)
        self.go(path)
        # A browser that lets pages store nothing does not know that it was used.
        self.page.evaluate(
            "() => { try { localStorage.setItem('newsreel.known', '1'); } catch { return; } }"
        )

    def is_signed_in(self, path: str = "/", *, accept_terms: bool = True) -> None:
        """Have an account and be logged in, on a page."""
        cookies = self.site.open_account(self.email, PASSWORD, accept_terms=accept_terms)
        # The browser takes a __Host- cookie for https alone, and sends it to localhost too.
        secure = self.site.url.replace("http:", "https:")
        for name, value in cookies.items():
            self.page.context.add_cookies([{"name": name, "value": value or "", "url": secure}])
        self.go(path)
        expect(self.page.locator("header .address")).to_have_text(self.email)

    def has_downloaded(self, number: int) -> None:
        """Have downloaded so many files of a video today."""
        account = self.page.evaluate("async () => (await fetch('/api/account')).json()")
        self.site.table.note_downloads(account["account_id"], DOORSTEP, number)

    def ask_for_reset(self) -> None:
        """Ask for a code to reset the password, from an open dialog."""
        self.title(say("shell.reset_title"))
        self.dialog.get_by_label(say("shell.email")).fill(self.email)
        self.press(say("shell.reset_submit"))
        self.title(say("shell.verify_title"))

    def set_password(self, password: str = NEW_PASSWORD) -> None:
        """Type and send the new password."""
        self.title(say("shell.new_password_title"))
        self.dialog.get_by_label(say("shell.new_password"), exact=True).fill(password)
        self.press(say("shell.save_password"))

    def wait(self, seconds: int) -> None:
        """Let time pass for the open flow, on the server and on the page, which stays open."""
        flow = self.page.evaluate("() => JSON.parse(localStorage.getItem('newsreel.flows'))[0]")
        self.site.table.let_time_pass(flow["kind"], flow["id"], seconds)
        self.page.clock.fast_forward(seconds * 1000)

    def beside(self) -> "Person":
        """Return the same person at a second tab."""
        return replace(self, page=self.page.context.new_page())

    def photograph(self, name: str) -> None:
        """Keep a picture of what is seen, where somebody wants pictures."""
        if self.pictures:
            self.pictures.mkdir(parents=True, exist_ok=True)
            spoken = "" if speaking.get() == "en" else f"{speaking.get()}-"
            self.page.screenshot(path=self.pictures / f"{spoken}{name}.png")


Open = Callable[..., Person]
