"""A page loads without moving under the reader's eyes, and asks for nothing twice or late."""

from threading import Event
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Watch
from tests.browser.person import DOORSTEP, Open, say

NOTHING_MOVES = 0.005
"""Layout shift that nobody sees; 0.1 is what browsers' makers call good."""
_ADD_SHIFTS = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("path", ["/", "/fr/", f"/videos/{DOORSTEP}"])
def test_nothing_moves_though_the_font_comes_last(enter: Open, size: str, path: str) -> None:
    person = enter(size)
    late: list[Route] = []
    comes = Event()
    person.page.route(
        "**/*.woff2", lambda route: route.continue_() if comes.is_set() else late.append(route)
    )
    person.page.add_init_script(_ADD_SHIFTS)
    person.page.goto(path, wait_until="commit")
    expect(person.page.locator(".title a, .turn").first).to_be_visible()
    expect(person.page.locator(".banner .button").first).to_be_visible()
    assert late, "the page asked for no font"
    # First, or a font that is asked for meanwhile is held for ever.
    comes.set()
    for route in late:
        route.continue_()
    person.until(
        """() => document.fonts.status === "loaded" &&
          document.fonts.check("600 16px 'Barlow Condensed'")"""
    )
    # Two frames later what moved has been told.
    person.page.evaluate(
        "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
    )
    assert person.page.evaluate("window.moved") < NOTHING_MOVES


_LET_TIME_PASS = "() => document.getAnimations().forEach((one) => one.finish())"
"""The styles alone wait: no script is there that could."""

MOST_REQUESTS = 15
"""Of a first view without posters: what a press centre's people share one address with."""


@pytest.mark.parametrize("path", ["/", f"/videos/{DOORSTEP}", "/#register", "/help"])
def test_a_first_view_is_few_requests_and_none_of_them_the_api(enter: Open, path: str) -> None:
    person = enter()
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    person.page.goto(path, wait_until="load")
    # The dialogs' scripts come by themselves once nothing else does.
    person.until(
        """() => performance.getEntriesByType("resource")
          .some(({ name }) => name.includes("-dialog-"))"""
    )
    counted = [one for one in asked if not one.startswith("/media/")]
    assert len(counted) <= MOST_REQUESTS, counted
    assert len(set(counted)) == len(counted)
    assert [one for one in counted if one.startswith("/api/")] in ([], ["/api/config"])


@pytest.mark.parametrize(
    ("path", "last"),
    [("/", ".title a"), (f"/videos/{DOORSTEP}", ".turn"), ("/#register", "dialog h2")],
)
def test_nothing_but_two_styles_stops_the_rendering(enter: Open, path: str, last: str) -> None:
    person = enter()
    person.page.goto(path)
    expect(person.page.locator(last).first).to_be_visible()
    stopping = person.page.evaluate(
        """() => performance.getEntriesByType("resource")
          .filter((one) => one.renderBlockingStatus === "blocking")
          .map((one) => one.name.split("/").at(-1))"""
    )
    assert len(stopping) == 2
    assert all(name.endswith(".css") for name in stopping)


@pytest.mark.parametrize("path", ["/", f"/videos/{DOORSTEP}", "/help", "/not-me#k1.abc"])
@pytest.mark.parametrize("lost", ["**/texts/*.js", "**/bundles/*.js"])
def test_a_page_whose_scripts_or_words_are_lost_says_so_and_what_helps(
    enter: Open, watch: Watch, path: str, lost: str
) -> None:
    person = enter("phone")
    person.page.route(lost, lambda route: route.abort())
    person.page.goto(path)
    late = person.page.get_by_text(say("shell.late_part"))
    expect(late).to_be_hidden()  # half a minute long it may still come
    person.page.evaluate(_LET_TIME_PASS)
    expect(late).to_be_visible()
    watch.complaints.clear()  # of the loss itself


def test_a_part_of_the_account_that_never_comes_says_so_and_offers_to_try_again(
    enter: Open, watch: Watch
) -> None:
    person = enter("phone")
    person.page.route("**/texts/*.js", lambda route: route.abort())
    person.page.goto("/account/profile")
    again = person.page.get_by_role("link", name=say("shell.reload"))
    expect(again).to_be_hidden()
    person.page.evaluate(_LET_TIME_PASS)
    expect(again).to_be_visible()
    watch.complaints.clear()  # of the loss itself


def test_a_dialog_whose_scripts_were_lost_once_opens_at_the_second_press(
    enter: Open, watch: Watch
) -> None:
    person = enter("phone")
    person.page.route("**/bundles/*-dialog-*.js", lambda route: route.abort())
    person.go()
    link = person.page.locator("header a[href='#log-in']")
    link.click()
    expect(person.page.locator(".notice")).to_have_text(say("wait.no_answer"))
    person.page.unroute("**/bundles/*-dialog-*.js")
    # The page comes anew: Firefox asks no second time for a script that failed.
    with person.page.expect_event("load"):
        link.click()
    person.title(say("shell.log_in_title"))
    assert watch.complaints == []


def test_a_dialog_whose_scripts_hang_is_told_until_it_is_given_up(enter: Open) -> None:
    person = enter("phone")
    person.page.clock.install()
    held: list[Route] = []
    person.page.route("**/bundles/*-dialog-*.js", lambda route: held.append(route))  # noqa: PLW0108
    person.go()
    person.page.locator("header a[href='#log-in']").click()
    notice = person.page.locator(".notice")
    expect(notice).to_have_text(say("wait.opening"))
    person.page.clock.fast_forward(4_000)
    expect(notice).to_have_text(say("wait.slow"))
    person.page.clock.run_for(20_000)
    expect(notice).to_have_text(say("wait.slow"))
    person.page.clock.run_for(1_000)
    expect(notice).to_have_text(say("wait.no_answer"))


def test_a_part_of_the_account_whose_script_was_lost_comes_at_try_again(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in("/help")
    person.page.route("**/bundles/account-journal-*.js", lambda route: route.abort())
    person.page.goto("/account/journal")
    person.see(say("wait.no_answer"))
    person.page.unroute("**/bundles/account-journal-*.js")
    with person.page.expect_event("load"):
        person.page.get_by_role("button", name=say("wait.try_again")).click()
    expect(person.page.locator(".journal li").first).to_be_visible()


def test_a_log_out_is_heard_at_once_and_sent_once(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in()
    held: list[Route] = []
    person.page.route("**/api/sessions/current", lambda route: held.append(route))  # noqa: PLW0108
    person.page.get_by_role("button", name=say("shell.log_out")).dblclick()
    expect(person.page.locator(".notice")).to_have_text(say("wait.sending"))
    assert len(held) == 1
    held[0].continue_()
    expect(person.page.locator("header a[href='#log-in']")).to_be_focused()


def test_posters_in_view_wait_for_no_layout(enter: Open) -> None:
    person = enter()
    person.go()
    posters = person.page.locator(".poster img")
    expect(posters.first).to_have_attribute("loading", "eager")
    expect(posters.first).to_have_attribute("fetchpriority", "high")
