"""The catalogue comes with the page; its script adds rows, and makes the days the reader's own."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from newsreel.texts import messages
from playwright.sync_api import Route, expect

from tests.browser.person import DOORSTEP, Open, Person, say
from tests.browser.test_accessibility import faults


def _fault(route: Route) -> None:
    # 599: a status that no answer of ours has, so that the watch on real faults stays sharp.
    problem = {"code": "fault", "status": 500, "reference": "a1b2c3d4"}
    route.fulfill(status=599, content_type="application/problem+json", body=json.dumps(problem))


def _further(number: int) -> dict[str, Any]:
    return {
        "video_id": f"further-{number}",
        "title": f"Further {number}",
        "published_at": "2026-01-02T10:00:00Z",
        "speakers": [],
        "formats": ["H.264"],
    }


def _lengthen(person: Person) -> list[int]:
    """Have 60 more videos follow than there are; return how many are asked for each time."""
    asked: list[int] = []

    def promise(route: Route) -> None:
        answer = route.fetch()
        page = answer.text().replace('data-next=""', 'data-next="0"')
        page = page.replace('<p class="more" hidden>', '<p class="more">')
        route.fulfill(response=answer, body=page)

    def give(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        first, count = int(query["cursor"][0]), int(query["limit"][0])
        asked.append(count)
        last = min(first + count, 60)
        items = [_further(number) for number in range(first, last)]
        route.fulfill(json={"items": items, "next_cursor": str(last) if last < 60 else None})

    person.page.route(f"{person.site.url}/", promise)
    person.page.route("**/api/videos?*", give)
    return asked


def test_the_list_reads_whole_without_javascript_and_leads_to_the_videos(
    enter: Open, size: str, language: str
) -> None:
    person = enter(size, java_script_enabled=False)
    person.page.goto(messages.home(language))
    rows = person.page.locator(".row")
    expect(rows).to_have_count(3)
    for row in rows.all():
        expect(row.locator(".poster img")).to_be_visible()
    expect(person.page.locator("body > footer")).to_be_visible()
    # No button that would do nothing; the browser of the tests shows no noscript, real ones do.
    steps = person.page.locator("a[href='#register'], a[href='#log-in']")
    expect(steps.filter(visible=True)).to_have_count(0)
    assert say("shell.account_switch") in person.page.content()
    person.photograph("36-catalogue-without-javascript")
    rows.locator(f"a[href$='{DOORSTEP}']").click()
    expect(person.page.locator(".turn")).to_have_count(15)


def test_further_pages_and_filters_work_without_javascript(enter: Open) -> None:
    person = enter("phone", java_script_enabled=False)
    person.page.goto("/?topic=Ukraine&from=2026-01-01")
    expect(person.page.locator(".row")).to_have_count(1)
    line = person.page.get_by_role("navigation", name=say("shell.filters"))
    expect(line).to_contain_text("1 January 2026")
    line.get_by_role("link", name=say("catalogue.all"), exact=True).click()
    expect(person.page.locator(".row")).to_have_count(3)


def test_the_list_is_there_though_a_script_is_lost(enter: Open) -> None:
    person = enter()
    person.page.route("**/bundles/*-chunk-*.js", lambda route: route.abort())
    person.page.goto("/")
    expect(person.page.locator(".row h3 a")).to_have_count(3)
    expect(person.page.locator("body > footer")).to_be_visible()


def test_the_scripts_list_is_the_one_that_came_with_the_page(enter: Open, language: str) -> None:
    """Nothing of it changes where the reader's days are those of UTC."""
    plain, scripted = enter(java_script_enabled=False), enter(zone="UTC")
    plain.page.goto(messages.home(language))
    scripted.go()
    scripted.until("() => Boolean(customElements.get('video-catalogue'))")
    written = [person.page.locator(".days").inner_text() for person in (plain, scripted)]
    assert written[0] == written[1]


def test_a_video_stands_under_the_readers_own_day(enter: Open) -> None:
    person = enter(zone="Pacific/Auckland")
    person.go()
    briefing = person.page.locator(".day", has_text="Press briefing")
    expect(briefing.locator("time")).to_have_attribute("datetime", "2026-03-06")
    expect(briefing.locator(".numeral")).to_have_text("6")
    expect(briefing.locator(".weekday")).to_have_text("Friday")


def test_more_videos_follow_on_request_and_get_the_focus(enter: Open) -> None:
    person = enter()
    _lengthen(person)
    person.go()
    person.page.get_by_role("button", name=say("catalogue.more")).click()
    expect(person.page.locator(".row h3 a")).to_have_count(23)
    expect(person.page.locator(".row h3 a").nth(3)).to_be_focused()
    status = person.page.locator("video-catalogue [role=status]")
    expect(status).to_have_text(say("catalogue.loaded.other", count=20))


def test_rows_that_do_not_come_can_be_asked_for_again(enter: Open) -> None:
    person = enter("phone")
    _lengthen(person)
    person.page.route("**/api/videos?*", _fault, times=1)
    person.go()
    person.page.get_by_role("button", name=say("catalogue.more")).click()
    person.see(say("wait.fault_reference", reference="a1b2c3d4"))
    expect(person.page.locator(".row h3 a")).to_have_count(3)
    person.photograph("37-catalogue-fault")
    assert faults(person, "37-catalogue-fault") == []
    person.page.get_by_role("button", name=say("wait.try_again")).click()
    expect(person.page.locator(".row h3 a")).to_have_count(23)


@pytest.mark.parametrize("again", ["back", "reload"])
def test_who_comes_back_finds_the_same_rows_and_place(enter: Open, again: str) -> None:
    person = enter("phone")
    asked = _lengthen(person)
    person.go()
    more = person.page.get_by_role("button", name=say("catalogue.more"))
    for rows in (23, 43):
        more.click()
        expect(person.page.locator(".row")).to_have_count(rows)
    person.page.locator(".row").nth(30).scroll_into_view_if_needed()
    place = person.page.evaluate("scrollY")
    person.until("place => history.state?.place?.top === place", place)
    if again == "back":
        # A link of the list whose page there is.
        person.page.evaluate("path => { location.href = path }", f"/videos/{DOORSTEP}")
        expect(person.page.locator(".turn").first).to_be_visible()
        person.page.go_back()
    else:
        person.page.reload()
    expect(person.page.locator(".row")).to_have_count(43)
    assert asked[2:] in ([40], [])  # none: the browser itself had kept the page
    person.until("place => Math.abs(scrollY - place) < 20", place)


def test_a_poster_that_does_not_come_leaves_no_sign_of_a_broken_picture(enter: Open) -> None:
    person = enter("phone")
    person.page.route("**/*poster*", lambda route: route.abort())
    person.go()
    expect(person.page.locator(".row .poster").first).to_be_visible()
    expect(person.page.locator(".row .poster img")).to_have_count(0)
