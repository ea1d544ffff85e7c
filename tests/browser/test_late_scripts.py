"""Before a page's scripts are there nobody presses in vain; when they come all keep their place."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Watch
from tests.browser.person import DOORSTEP, Open

_HOLDER = "(node) => node === document.activeElement"


@contextmanager
def scripts_held(page: Page, script: str) -> Iterator[None]:
    """Keep a page's own script back during the block; all it needs may come."""
    held: list[Route] = []
    page.route(f"**/bundles/{script}-*.js", lambda route: held.append(route))  # noqa: PLW0108
    yield
    assert held, "the page asked for no such script"
    for route in held:
        route.continue_()


def test_no_button_is_there_before_the_script_that_hears_it(enter: Open) -> None:
    person = enter("phone")
    with scripts_held(person.page, "video"):
        person.page.goto(f"/videos/{DOORSTEP}", wait_until="commit")
        person.page.locator("download-list summary").first.click()
        expect(person.page.locator("download-list dl").first).to_be_visible()
        expect(person.page.locator("main button:visible")).to_have_count(0)
    expect(person.page.locator("button[data-link]").first).to_be_visible()


@pytest.mark.parametrize(
    ("script", "path", "stands_on"),
    [
        ("video", f"/videos/{DOORSTEP}", "download-list summary >> nth=0"),
        ("video", f"/videos/{DOORSTEP}", "download-list summary >> nth=1"),
        ("catalogue", "/", ".row .title a >> nth=0"),
        ("catalogue", f"/?{urlencode({'language': 'en'})}", ".filters a >> nth=0"),
    ],
)
def test_scripts_leave_the_focus_where_it_is(
    enter: Open, script: str, path: str, stands_on: str
) -> None:
    # In a time zone in which the rows of the list stand under other days.
    person = enter("desktop", zone="Pacific/Kiritimati")
    with scripts_held(person.page, script):
        person.page.goto(path, wait_until="commit")
        place = person.page.locator(stands_on)
        place.focus()
        name = place.text_content()
    element = {"video": "download-list", "catalogue": "video-catalogue"}[script]
    person.until(f"() => Boolean(customElements.get('{element}'))")
    assert person.page.evaluate("document.activeElement.textContent") == name
    assert place.evaluate(_HOLDER)


def test_a_turned_screen_leaves_the_focus_where_it_is(enter: Open, watch: Watch) -> None:
    person = enter("desktop")
    person.page.goto(f"/videos/{DOORSTEP}")
    person.comes_to_a_video()
    place = person.page.locator("download-list summary").first
    place.focus()
    person.page.set_viewport_size({"width": 600, "height": 900})
    person.until("() => document.querySelector('.text + download-list')")
    assert place.evaluate(_HOLDER)
    assert watch.complaints == []
