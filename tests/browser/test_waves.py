"""How often people wait for the network, one answer after another, before they see what they want.

On a bad line each wave costs a whole round trip, whatever the machine: so waves are counted, and no
time is. All requests of a wave are held until nothing more is asked for, then answered together.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, Route

from tests.browser.person import DOORSTEP, Open, Person

_STILL = 6
"""Looks without a new request after which a page has asked for all that it can ask for now."""
_LOOK = 50
_MOST = 12


class Waves:
    """Holds what a page asks for, and counts how often it had to be answered."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.held: list[Route] = []
        self.asked: list[list[str]] = []

    def until_visible(self, shown: Locator) -> int:
        """Answer wave after wave until something is seen; return how many it took."""
        return self.until(shown.is_visible)

    def until(self, is_shown: Callable[[], bool]) -> int:
        """Answer wave after wave until something is so; return how many it took."""
        for _ in range(_MOST):
            self._come_to_rest(is_shown)
            if is_shown():
                return len(self.asked)
            assert self.held, f"nothing is asked for, and nothing is seen: {self.asked}"
            wave, self.held = self.held, []
            self.asked.append(sorted(route.request.url.rpartition("/")[2] for route in wave))
            for route in wave:
                route.continue_()
            for route in wave:
                # Whatever follows from an answer is asked for after it.
                if answer := route.request.response():
                    answer.finished()
        raise AssertionError(f"never seen: {self.asked}")

    def _come_to_rest(self, is_shown: Callable[[], bool]) -> None:
        seen, still = -1, 0
        while still < _STILL and not is_shown():
            self.page.wait_for_timeout(_LOOK)
            still = still + 1 if len(self.held) == seen else 0
            seen = len(self.held)


@contextmanager
def waves(page: Page) -> Iterator[Waves]:
    """Hold requests from now on."""
    counted = Waves(page)
    page.route("**/*", lambda route: counted.held.append(route))  # noqa: PLW0108 - it holds each
    yield counted
    page.unroute_all(behavior="ignoreErrors")


def _comes_to_rest(person: Person, path: str) -> None:
    """Open a page and let it load what it loads when nothing else is to be done."""
    with person.page.expect_response("**/bundles/*-dialog-*.js"):
        person.go(path)
    person.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", ["/", f"/videos/{DOORSTEP}"])
@pytest.mark.parametrize("step", ["register", "log-in"])
def test_the_first_dialog_needs_no_request_after_the_press(
    enter: Open, path: str, step: str
) -> None:
    person = enter()
    _comes_to_rest(person, path)
    with waves(person.page) as counted:
        person.page.locator(f"a[href='#{step}']:visible").first.click()
        shown = person.dialog.get_by_role("heading", level=2)
        assert counted.until_visible(shown) == 0, counted.asked


def test_the_first_press_of_a_download_needs_no_request_before_its_dialog(enter: Open) -> None:
    person = enter("phone")
    _comes_to_rest(person, f"/videos/{DOORSTEP}")
    with waves(person.page) as counted:
        person.page.locator("download-list button.download").last.click()
        shown = person.dialog.get_by_role("heading", level=2)
        assert counted.until_visible(shown) == 0, counted.asked


def test_a_press_before_anything_was_loaded_for_it_waits_for_one_wave(enter: Open) -> None:
    person = enter()
    # By the keyboard of a reader who is there at once; no pointer tells of what is to come.
    person.go()
    with waves(person.page) as counted:
        person.page.evaluate("() => { location.hash = 'log-in'; }")
        shown = person.dialog.get_by_role("heading", level=2)
        assert counted.until_visible(shown) <= 1, counted.asked


_TELL = """(selector) => {
  const look = () => {
    const found = [...document.querySelectorAll(selector)];
    if (found.some((one) => one.checkVisibility())) window.tellSeen();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
"""Tells of the frame that is painted with what was waited for; the page itself cannot be asked
while its styles are held."""


def _waves_until_painted(person: Person, path: str, selector: str) -> tuple[int, list[list[str]]]:
    """Open a page and count the waves until one sees something on it."""
    seen: list[bool] = []
    person.page.expose_function("tellSeen", lambda: seen.append(True))
    person.page.add_init_script(f"({_TELL})({json.dumps(selector)})")
    with waves(person.page) as counted:
        person.page.evaluate("url => { setTimeout(() => { location.href = url }) }", path)
        return counted.until(lambda: bool(seen)), counted.asked


_CONTENT = {"/": ".row .title a", f"/videos/{DOORSTEP}": "download-list button.download"}
_PARTS = {
    "profile": ("[data-email]", 4),
    "newsletter": ("newsletter-choice button", 3),
    "downloads": (".none", 4),
    "security": (".sessions li", 4),
    "journal": (".journal li", 4),
    "data": ("[data-export] button", 3),
}
"""A sign of each part of the account that it is there, and how many waves it takes: the page, its
scripts, the account with the part's own scripts, and what the part alone asks for."""


@pytest.mark.parametrize("path", _CONTENT)
def test_a_page_shows_its_content_after_itself_and_its_styles(enter: Open, path: str) -> None:
    person = enter("phone")
    count, asked = _waves_until_painted(person, person.site.url + path, _CONTENT[path])
    assert count <= 2, asked


@pytest.mark.parametrize("part", _PARTS)
def test_a_part_of_the_account_comes_in_few_waves_and_asks_for_the_account_once(
    enter: Open, part: str
) -> None:
    person = enter("phone")
    person.is_signed_in("/help")
    selector, most = _PARTS[part]
    count, asked = _waves_until_painted(person, f"/account/{part}", selector)
    assert count <= most, asked
    assert sum(wave.count("account") for wave in asked) == 1, asked
