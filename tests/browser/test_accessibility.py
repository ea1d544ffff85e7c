"""axe-core finds nothing serious on any screen, in light and dark; nothing is wider than 320 px."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.person import DOORSTEP, Open, Person, say

WEIGHTY = {"serious", "critical"}


def _opened(path: str, sign: str) -> Callable[[Person], None]:
    """Open a path and wait until the sign of its being there is seen."""

    def show(person: Person) -> None:
        person.go(path)
        expect(person.page.locator(sign).first).to_be_visible()

    return show


def _signed_in(path: str) -> Callable[[Person], None]:
    def show(person: Person) -> None:
        person.is_signed_in(path)
        expect(person.page.locator(".part h2").first).to_be_visible()

    return show


def _register_errors(person: Person) -> None:
    person.go("/#register")
    person.press(say("shell.register_submit"))
    expect(person.dialog.locator(".error").first).to_be_visible()


def _verify(person: Person) -> None:
    person.go("/#register")
    person.register()


def _done(person: Person) -> None:
    _verify(person)
    person.verify()


def _terms(person: Person) -> None:
    person.is_signed_in(f"/videos/{DOORSTEP}", accept_terms=False)
    person.page.locator("download-list button.download").last.click()
    expect(person.dialog.locator(".text-box p").first).to_be_visible()


def _reset_code(person: Person) -> None:
    person.has_account()
    person.go("/#reset")
    person.ask_for_reset()


def _new_password(person: Person) -> None:
    _reset_code(person)
    person.enter_code(person.site.read_code(person.email, mails=2))
    person.title(say("shell.new_password_title"))


def _updated(person: Person) -> None:
    _new_password(person)
    person.set_password()
    person.title(say("shell.updated_title"))


SCREENS: dict[str, Callable[[Person], None]] = {
    "catalogue": _opened("/", ".row h3 a"),
    "video": _opened(f"/videos/{DOORSTEP}", "h1"),
    "missing": _opened("/videos/no-such-video", "h1"),
    "register": _opened("/#register", "dialog"),
    "register-errors": _register_errors,
    "verify": _verify,
    "done": _done,
    "log-in": _opened("/#log-in", "dialog"),
    "reset": _opened("/#reset", "dialog"),
    "reset-code": _reset_code,
    "new-password": _new_password,
    "updated": _updated,
    "terms": _terms,
    "account-closed": _opened("/account/profile", ".part h2"),
    "profile": _signed_in("/account/profile"),
    "newsletter": _signed_in("/account/newsletter"),
    "downloads": _signed_in("/account/downloads"),
    "security": _signed_in("/account/security"),
}


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_serious(enter: Open, size: str, screen: str, scheme: str) -> None:
    person = enter(size, scheme=scheme)
    SCREENS[screen](person)
    # Half-faded text has half its contrast: let the fades end.
    person.until("() => document.getAnimations().every((one) => one.playState !== 'running')")
    person.photograph(f"axe-{screen}")
    found = Axe().run(person.page).response["violations"]
    serious = [
        f"{one['id']}: {[node['target'] for node in one['nodes']]}"
        for one in found
        if one["impact"] in WEIGHTY
    ]
    assert serious == []
    if size == "phone":
        person.page.set_viewport_size({"width": 320, "height": 640})
        assert person.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert person.page.evaluate("document.querySelector('dialog').scrollWidth") <= 320
        person.photograph(f"narrow-{screen}")


def test_the_dialog_is_named_by_its_title(enter: Open) -> None:
    person = enter()
    SCREENS["register"](person)
    dialog = person.page.get_by_role("dialog", name=say("shell.register_title"))
    expect(dialog).to_be_visible()


def test_errors_are_tied_to_their_fields(enter: Open) -> None:
    person = enter()
    _register_errors(person)
    email = person.dialog.get_by_label(say("shell.email"))
    expect(email).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_accessible_description(say("field.email_empty"))
