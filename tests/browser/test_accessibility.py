"""axe-core finds nothing serious on any screen, in light and dark; nothing is wider than 320 px."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.person import DOORSTEP, Open, Person, say

SCREENS = (
    "catalogue",
    "video",
    "missing",
    "register",
    "register-errors",
    "verify",
    "done",
    "terms",
    "log-in",
)
WEIGHTY = {"serious", "critical"}


def _show(person: Person, screen: str) -> None:
    paths = {"catalogue": "/", "video": f"/videos/{DOORSTEP}", "missing": "/videos/no-such-video"}
    if screen in paths:
        person.go(paths[screen])
        if screen == "catalogue":
            expect(person.page.locator(".row h3 a").first).to_be_visible()
        return
    person.go("/#log-in" if screen == "log-in" else "/#register")
    expect(person.dialog).to_be_visible()
    if screen == "register-errors":
        person.press(say("shell.register_submit"))
        expect(person.dialog.locator(".error").first).to_be_visible()
    if screen in {"verify", "done", "terms"}:
        person.register()
    if screen in {"done", "terms"}:
        person.verify()
    if screen == "terms":
        person.go(f"/videos/{DOORSTEP}")
        person.page.locator("download-list button.download").first.click()
        expect(person.dialog.locator(".text-box p").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_serious(enter: Open, size: str, screen: str, scheme: str) -> None:
    person = enter(size, scheme=scheme)
    _show(person, screen)
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


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_scrolls_sideways_at_320_pixels(enter: Open, screen: str) -> None:
    person = enter("narrow")
    _show(person, screen)
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 320
    overflow = "document.querySelector('dialog').scrollWidth <= 320"
    assert person.page.evaluate(overflow)
    person.photograph(screen)


def test_the_dialog_is_named_by_its_title(enter: Open) -> None:
    person = enter()
    _show(person, "register")
    dialog = person.page.get_by_role("dialog", name=say("shell.register_title"))
    expect(dialog).to_be_visible()


def test_errors_are_tied_to_their_fields(enter: Open) -> None:
    person = enter()
    _show(person, "register-errors")
    email = person.dialog.get_by_label(say("shell.email"))
    expect(email).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_accessible_description(say("field.email_empty"))
