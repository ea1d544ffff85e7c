"""axe-core finds nothing serious on any screen, whatever size, scheme and language; all words fit.

A tour leads one person past many screens, for coming to a screen costs more than looking at it.
"""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.conftest import SIZES
from tests.browser.person import DOORSTEP, Open, Person, Site, say, speaking

WEIGHTY = {"serious", "critical"}
LOOKS = {
    "en": [("phone", "light"), ("desktop", "dark")],
    "fr": [("phone", "dark"), ("desktop", "light")],
}
"""In which sizes and schemes the pages of a language are looked at: all four, once each."""
_AXE = Axe().axe_script
_IS_THERE = "() => Boolean(window.axe)"
_VIOLATIONS = """async ([within, options]) => {
  const { violations } = await axe.run(within ?? document, options);
  const targets = (nodes) => nodes.map(({ target }) => target);
  return violations.map(({ id, impact, nodes }) => ({ id, impact, targets: targets(nodes) }));
}"""
"""The violations alone leave the page: what axe says of all else would be told one by one."""
_STILL = "() => document.getAnimations().every((one) => one.playState !== 'running')"
_WIDTHS = "() => ['html', 'dialog'].map((one) => document.querySelector(one).scrollWidth)"
_BROKEN = r"""() => {
  const broken = [];
  const narrow = ".banner p, .row .title, .rules li, label, .file h3, .quiet, .button, h1, h2";
  for (const one of document.querySelectorAll(narrow)) {
    const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    while (one.checkVisibility() && texts.nextNode()) {
      for (const word of texts.currentNode.data.matchAll(/\p{L}{2,}/gu)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, word.index);
        range.setEnd(texts.currentNode, word.index + word[0].length);
        const lines = [...range.getClientRects()].map(({ top }) => Math.round(top));
        if (new Set(lines).size > 1) broken.push(`${word[0]} is broken`);
      }
    }
  }
  return broken;
}"""
_TEXT_SIZE = "(size) => { document.documentElement.style.fontSize = size }"
_CUT = """() => [...document.querySelectorAll("h1, h2, h3, .button, .quiet, label, header, dt")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen")
    && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1)
  .map((one) => one.textContent)"""

_WRONG = "<main><h1>Wrong</h1><button></button></main>"

Tour = Callable[[Person], Iterator[str]]


def _goes(person: Person, path: str, sign: str) -> None:
    """Open a path and wait until the sign of its being there is seen."""
    person.go(path)
    expect(person.page.locator(sign).first).to_be_visible()


def _registers(person: Person) -> Iterator[str]:
    _goes(person, "/", ".row h3 a")
    yield "catalogue"
    _goes(person, "/videos/no-such-video", "h1")
    yield "missing"
    _goes(person, "/#register", "dialog")
    yield "register"
    person.press(say("shell.register_submit"))
    expect(person.dialog.locator(".error").first).to_be_visible()
    yield "register-errors"
    person.register()
    yield "verify"
    person.enter_code("000000")
    expect(person.dialog.locator(".error")).to_be_visible()
    yield "wrong-code"
    person.verify()
    yield "done"


def _uses_the_account(person: Person) -> Iterator[str]:
    _goes(person, "/account/profile", ".part h2")
    yield "account-closed"
    person.is_signed_in(f"/videos/{DOORSTEP}", accept_terms=False)
    yield "video"
    person.page.locator("download-list button.download").last.click()
    expect(person.dialog.locator(".text-box p").first).to_be_visible()
    yield "terms"
    for part in ("profile", "newsletter", "downloads", "security"):
        _goes(person, f"/account/{part}", ".part h2")
        yield part


def _resets(person: Person) -> Iterator[str]:
    person.has_account()
    _goes(person, "/#log-in", "dialog")
    yield "log-in"
    person.dialog.get_by_role("link", name=say("shell.reset")).click()
    person.title(say("shell.reset_title"))
    yield "reset"
    person.ask_for_reset()
    yield "reset-code"
    person.enter_code(person.site.read_code(person.email, mails=2))
    person.title(say("shell.new_password_title"))
    yield "new-password"
    person.set_password()
    person.title(say("shell.updated_title"))
    yield "updated"


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("tour", [_registers, _uses_the_account, _resets])
def test_every_screen_suits_everybody(enter: Open, tour: Tour) -> None:
    person = enter("phone")
    found: dict[str, list[str]] = {}
    for screen in tour(person):
        found[screen] = [*faults(person, screen), *too_wide(person, screen)]
        person.page.set_viewport_size(viewport("phone"))
    assert {screen: faulty for screen, faulty in found.items() if faulty} == {}


def faults(
    person: Person, screen: str, *, preload: bool = True, within: str | None = None
) -> list[str]:
    """Return what axe finds on a screen in each look of the language.

    ``preload``: axe may fetch the styles once more, which a page's policy can forbid. ``within``: a
    part of the screen, where the rest has been looked at.
    """
    found: list[str] = []
    options = {"preload": preload, "reporter": "no-passes"}
    for size, scheme in LOOKS[speaking.get()]:
        person.page.set_viewport_size(viewport(size))
        # Half-faded text has half its contrast, so nothing fades.
        person.page.emulate_media(
            color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
        )
        person.until(_STILL)
        person.photograph(f"axe-{screen}-{size}-{scheme}")
        if not person.page.evaluate(_IS_THERE):
            person.page.evaluate(_AXE)
        found += [
            f"{size}, {scheme}: {one['id']}: {one['targets']}"
            for one in person.page.evaluate(_VIOLATIONS, [within, options])
            if one["impact"] in WEIGHTY
        ]
    person.page.emulate_media(reduced_motion="no-preference")
    return found


def too_wide(person: Person, screen: str) -> list[str]:
    """Return what does not fit: into 320 pixels, and into 375 with text of twice its size.

    It scrolls sideways, or is a word that is cut off or broken.
    """
    found = []
    for size, width in (("100%", 320), ("200%", 375)):
        person.page.set_viewport_size({"width": width, "height": 640})
        person.page.evaluate(_TEXT_SIZE, size)
        person.photograph(f"narrow-{size[:-1]}-{screen}")
        widths = [f"{wide} wide" for wide in person.page.evaluate(_WIDTHS) if wide > width]
        words = [*person.page.evaluate(_CUT), *person.page.evaluate(_BROKEN)]
        found += [f"{size}: {one}" for one in [*widths, *words]]
    person.page.evaluate(_TEXT_SIZE, "")
    return found


def viewport(size: str) -> ViewportSize:
    width, height = SIZES[size]
    return {"width": width, "height": height}


def test_the_dialog_is_named_by_its_title_and_errors_are_tied_to_their_fields(enter: Open) -> None:
    person = enter()
    person.go("/#register")
    dialog = person.page.get_by_role("dialog", name=say("shell.register_title"))
    expect(dialog).to_be_visible()
    person.press(say("shell.register_submit"))
    email = person.dialog.get_by_label(say("shell.email"))
    expect(email).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_accessible_description(say("field.email_empty"))


def test_what_a_page_gets_wrong_is_told_in_each_look(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    page.set_content(_WRONG)
    told = faults(Person(page, site, None), "wrong")
    page.close()
    unnamed = [one for one in told if one.endswith(": button-name: [['button']]")]
    assert len(unnamed) == len(LOOKS[speaking.get()])
