"""Every mail fits its window, in light and dark, however long the values in it are."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from infra.local.mail_previews import SAMPLES, Facts, write_all
from tests.browser.conftest import PICTURES
from tests.support.mail_facts import HARD_TO_SHOW

# What stands out of the window, and what has a box of its own that its words stand out of.
_TOO_WIDE = """() => [document.documentElement, ...document.body.querySelectorAll("*")]
    .filter((one) => one.scrollWidth > Math.max(one.clientWidth, 1) && one.clientWidth > 0
        || one.getBoundingClientRect().right > innerWidth + 0.5)
    .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`)"""


@pytest.fixture
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme = request.param
    # No page of ours is open, so no picture comes either.
    context = browser.new_context(
        viewport={"width": width, "height": 640}, color_scheme=scheme, offline=True
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("facts", [SAMPLES, HARD_TO_SHOW], ids=["ordinary", "hard to show"])
@pytest.mark.parametrize(
    "window",
    [(width, scheme) for width in (320, 600) for scheme in ("light", "dark")],
    ids=lambda one: f"{one[0]}-{one[1]}",
    indirect=True,
)
def test_no_mail_is_wider_than_its_window(window: Page, facts: Facts) -> None:
    for one in write_all(facts):
        window.set_content(one.html, wait_until="domcontentloaded")
        if PICTURES:
            width, is_dark = window.evaluate(
                "[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]"
            )
            name = f"mail-{one.name}.{one.language}-{width}-{'dark' if is_dark else 'light'}"
            window.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
        assert window.evaluate(_TOO_WIDE) == [], (one.name, one.language)


@pytest.mark.parametrize("window", [(320, "light")], ids=["320-light"], indirect=True)
def test_a_code_of_six_digits_stays_on_one_line_of_a_phone(window: Page) -> None:
    looked_at = [one for one in write_all() if one.name == "registration-code"]
    assert looked_at
    for one in looked_at:
        window.set_content(one.html)
        tops = window.locator("p.wash span").evaluate_all(
            "spans => spans.map((span) => span.getBoundingClientRect().top)"
        )
        assert len(tops) == 2
        assert len(set(tops)) == 1
