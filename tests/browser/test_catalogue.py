"""The catalogue when it is long, empty, or does not come."""

import json

import pytest
from playwright.sync_api import Route, expect

from tests.browser.person import Open, say


def _fault(route: Route) -> None:
    # 599: a status that no answer of ours has, so that the watch on real faults stays sharp.
    problem = {"code": "fault", "status": 500, "reference": "a1b2c3d4"}
    route.fulfill(status=599, content_type="application/problem+json", body=json.dumps(problem))


def test_a_catalogue_that_cannot_be_read_can_be_asked_again(enter: Open) -> None:
    person = enter("phone")
    person.page.route("**/api/videos?*", _fault, times=1)
    person.go()
    person.see(say("wait.fault_reference", reference="a1b2c3d4"))
    person.photograph("36-catalogue-fault")
    person.page.get_by_role("button", name=say("wait.try_again")).click()
    expect(person.page.locator(".row h3 a").first).to_be_visible()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_footer_waits_for_the_list_but_not_for_ever(enter: Open, motion: str) -> None:
    person = enter("phone", reduced_motion=motion)
    for missing in ("**/scripts/catalogue.js", "**/api/videos?*"):
        person.page.route(missing, lambda route: route.abort())
    person.go()
    footer = person.page.locator("body > footer")
    expect(footer).to_be_hidden()
    person.page.evaluate("() => document.getAnimations().forEach((one) => one.finish())")
    expect(footer).to_be_visible()


def test_an_empty_catalogue_says_so(enter: Open) -> None:
    person = enter()
    empty: dict[str, object] = {"items": [], "next_cursor": None}
    person.page.route("**/api/videos?*", lambda route: route.fulfill(json=empty))
    person.go()
    person.see(say("catalogue.none"))
    person.photograph("37-empty")


def test_more_videos_follow_on_request_and_get_the_focus(enter: Open) -> None:
    person = enter()
    whole: dict[str, list[object]] = {}

    def in_two(route: Route) -> None:
        whole.update(route.fetch(url=f"{person.site.url}/api/videos").json())
        first = "cursor" not in route.request.url
        items = whole["items"][:1] if first else whole["items"][1:]
        route.fulfill(json={"items": items, "next_cursor": "next" if first else None})

    person.page.route("**/api/videos?*", in_two)
    person.go()
    expect(person.page.locator(".row h3 a")).to_have_count(1)
    person.page.get_by_role("button", name=say("catalogue.more")).click()
    expect(person.page.locator(".row h3 a")).to_have_count(len(whole["items"]))
    expect(person.page.locator(".row h3 a").nth(1)).to_be_focused()
    expect(person.page.get_by_role("button", name=say("catalogue.more"))).to_be_hidden()
