"""Nothing leaves the screen or hides what has the focus: on phones, large or in long words."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.person import DOORSTEP, Open

FILE_NAME = "2026-02-14_NATO_SECGEN_MUNICH_DOORSTEP_XDCAM_HD422_1080i50_CLEAN_FEED"
LARGE_TEXT = "200%"
_BEYOND = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_HIDDEN_FOCUS = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const box = node.getClientRects()[0];
  if (!box || box.width < 2 || box.height < 2) return null;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const top = document.elementFromPoint(x, y);
  const isSeen = top && (node.contains(top) || top.contains(node) || top.closest("label"));
  return isSeen ? null : `${node.outerHTML.slice(0, 80)} at ${Math.round(y)}`;
}"""
_STOPS = 40


@pytest.mark.parametrize("path", ["/", "/fr/", f"/fr/videos/{DOORSTEP}", "/help", "/#register"])
def test_text_at_twice_its_size_makes_no_page_wider_than_a_phone(enter: Open, path: str) -> None:
    person = enter("phone")
    person.page.set_viewport_size({"width": 375, "height": 812})
    person.page.goto(path)
    expect(person.page.locator("h1, h2").first).to_be_attached()
    person.page.evaluate("style => { document.documentElement.style.fontSize = style }", LARGE_TEXT)
    assert person.page.evaluate(_BEYOND) <= 0


def test_a_title_without_spaces_makes_no_list_wider_than_the_screen(enter: Open) -> None:
    person = enter()

    def rename(route: Route) -> None:
        answer = route.fetch()
        page = answer.text().replace("Press briefing", FILE_NAME)
        route.fulfill(response=answer, body=page)

    person.page.route(f"{person.site.url}/", rename)
    person.go()
    person.see(FILE_NAME)
    for width in (320, 375, 768, 1280):
        person.page.set_viewport_size({"width": width, "height": 800})
        assert person.page.evaluate("innerWidth") == width
        assert person.page.evaluate(_BEYOND) <= 0, width


def test_whatever_has_the_focus_is_seen(enter: Open, size: str) -> None:
    person = enter(size)
    person.go(f"/videos/{DOORSTEP}")
    expect(person.page.locator(".turn").first).to_be_visible()
    hidden = []
    for _ in range(_STOPS):
        person.page.keyboard.press("Tab")
        hidden.append(person.page.evaluate(_HIDDEN_FOCUS))
    assert [one for one in hidden if one] == []


def test_the_arrows_of_the_search_stay_on_a_phone(enter: Open) -> None:
    person = enter("phone")
    person.go(f"/videos/{DOORSTEP}")
    field = person.page.locator("#find")
    field.fill("the")
    field.press("Enter")
    field.press("Enter")
    expect(person.page.locator(".find button").first).to_be_in_viewport()


def test_the_language_can_be_changed_on_a_phone_by_who_is_logged_in(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in("/")
    person.photograph("60-signed-in")
    expect(person.page.locator("header .languages a")).to_be_visible()
    assert person.page.evaluate(_BEYOND) <= 0
