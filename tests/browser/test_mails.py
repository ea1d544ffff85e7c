"""Every mail fits its window, in light and dark, however long the values in it are."""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from infra.local.mail_previews import SAMPLES, Facts, Preview, write_all
from tests.browser.conftest import PICTURES
from tests.support.mail_facts import HARD_TO_SHOW

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHONE, DESKTOP = 320, 600
"""How wide mail programs show a mail, in pixels."""
# What stands out of the window, and what has a box of its own that its words stand out of.
_TOO_WIDE = """() => [document.documentElement, ...document.body.querySelectorAll("*")]
    .filter((one) => one.scrollWidth > Math.max(one.clientWidth, 1) && one.clientWidth > 0
        || one.getBoundingClientRect().right > innerWidth + 0.5)
    .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`)"""


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    # No page of ours is open, so no picture comes either.
    context = browser.new_context(viewport=_size(PHONE), offline=True)
    yield context.new_page()
    context.close()


def _size(width: int) -> ViewportSize:
    return {"width": width, "height": 640}


@cache
def written(facts: Facts) -> list[Preview]:
    return list(write_all(facts))


@pytest.mark.parametrize("facts", [SAMPLES, HARD_TO_SHOW], ids=["ordinary", "hard to show"])
def test_no_mail_is_wider_than_its_window(window: Page, facts: Facts) -> None:
    for one in written(facts):
        window.set_content(one.html, wait_until="domcontentloaded")
        for width, scheme in product((PHONE, DESKTOP), SCHEMES):
            window.set_viewport_size(_size(width))
            window.emulate_media(color_scheme=scheme)
            if PICTURES:
                name = f"mail-{one.name}.{one.language}-{width}-{scheme}"
                window.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
            assert window.evaluate("innerWidth") == width
            assert window.evaluate(_TOO_WIDE) == [], (one.name, one.language, width, scheme)


def test_a_code_of_six_digits_stays_on_one_line_of_a_phone(window: Page) -> None:
    looked_at = [one for one in written(SAMPLES) if one.name == "registration-code"]
    assert looked_at
    for one in looked_at:
        window.set_content(one.html)
        tops = window.locator("p.wash span").evaluate_all(
            "spans => spans.map((span) => span.getBoundingClientRect().top)"
        )
        assert len(tops) == 2
        assert len(set(tops)) == 1
