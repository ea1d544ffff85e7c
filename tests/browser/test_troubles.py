"""Slow, silent, offline, broken: the page says so, loses nothing, and offers to try again."""

import json

from playwright.sync_api import Request, Route, expect

from tests.browser.person import DOORSTEP, PASSWORD, Open, Person, say


def _fill_in(person: Person) -> None:
    person.go("/#register")
    person.dialog.get_by_label(say("shell.email")).fill(person.email)
    person.dialog.get_by_label(say("shell.password"), exact=True).fill(PASSWORD)


def _fault(route: Route) -> None:
    # 599: a status that no answer of ours has, so that the watch on real faults stays sharp.
    problem = {"code": "fault", "status": 500, "reference": "a1b2c3d4"}
    route.fulfill(status=599, content_type="application/problem+json", body=json.dumps(problem))


def test_silence_offers_to_try_again_as_the_same_start(enter: Open, size: str) -> None:
    person = enter(size)
    keys: list[str | None] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            keys.append(request.headers.get("idempotency-key"))

    person.page.on("request", note)
    person.page.route("**/api/registrations", lambda route: route.abort(), times=1)
    _fill_in(person)
    person.press(say("shell.register_submit"))
    person.see(say("wait.no_answer"))
    person.photograph("30-no-answer")
    person.press(say("wait.try_again"))
    person.title(say("shell.verify_title"))
    assert len(keys) == 2
    assert keys[0] == keys[1] is not None


def test_offline_is_said_and_the_words_typed_are_kept(enter: Open, size: str) -> None:
    person = enter(size)
    _fill_in(person)
    person.page.context.set_offline(offline=True)
    person.press(say("shell.register_submit"))
    person.see(say("wait.offline"))
    person.photograph("31-offline")
    expect(person.dialog.get_by_label(say("shell.email"))).to_have_value(person.email)
    person.page.context.set_offline(offline=False)
    person.press(say("wait.try_again"))
    person.title(say("shell.verify_title"))


def test_a_fault_is_told_with_its_reference(enter: Open, size: str) -> None:
    person = enter(size)
    _fill_in(person)
    person.page.route("**/api/registrations", _fault, times=1)
    person.press(say("shell.register_submit"))
    person.see(say("wait.fault_reference", reference="a1b2c3d4"))
    person.photograph("32-fault")


def test_a_slow_answer_is_told_after_four_seconds_and_a_second_press_is_ignored(
    enter: Open,
) -> None:
    person = enter()
    person.page.clock.install()
    held: list[Route] = []
    _fill_in(person)
    person.page.route("**/api/registrations", lambda route: held.append(route))  # noqa: PLW0108
    person.press(say("shell.register_submit"))
    button = person.dialog.get_by_role("button", name=say("wait.sending"))
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    person.page.clock.fast_forward(4_100)
    expect(person.dialog.get_by_role("status").last).to_have_text(say("wait.slow"))
    person.photograph("33-slow")
    assert len(held) == 1
    held[0].continue_()
    person.title(say("shell.verify_title"))


def test_a_wrong_password_is_not_kept_but_the_address_is(enter: Open, size: str) -> None:
    person = enter(size)
    person.go("/#log-in")
    person.log_in("Not-The-Right-One-1")
    expect(person.dialog.locator(".error")).to_contain_text(say("log_in.fails"))
    expect(person.dialog.get_by_label(say("shell.password"), exact=True)).to_have_value("")
    expect(person.dialog.get_by_label(say("shell.email"))).to_have_value(person.email)
    person.photograph("34-log-in-fails")
    person.dialog.locator(".error").get_by_role("link", name=say("link.register")).click()
    person.title(say("shell.register_title"))


def test_a_common_password_is_refused_by_the_server_in_plain_words(enter: Open) -> None:
    person = enter("phone")
    person.go("/#register")
    person.dialog.get_by_label(say("shell.email")).fill(person.email)
    person.dialog.get_by_label(say("shell.password"), exact=True).fill("Password-12345")
    person.press(say("shell.register_submit"))
    expect(person.dialog.locator(".error")).to_have_text(say("password.too_common"))
    person.photograph("35-common-password")


def test_a_catalogue_that_cannot_be_read_can_be_asked_again(enter: Open, size: str) -> None:
    person = enter(size)
    person.page.route("**/api/videos?*", _fault, times=1)
    person.go()
    person.see(say("wait.fault_reference", reference="a1b2c3d4"))
    person.photograph("36-catalogue-fault")
    person.page.get_by_role("button", name=say("wait.try_again")).click()
    expect(person.page.locator(".row h3 a").first).to_be_visible()


def test_an_empty_catalogue_says_so(enter: Open, size: str) -> None:
    person = enter(size)
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


def test_a_download_that_gets_no_answer_says_so_in_its_row(enter: Open) -> None:
    person = enter()
    person.has_account()
    person.go(f"/videos/{DOORSTEP}#log-in")
    person.log_in()
    expect(person.dialog).to_be_hidden()
    person.page.route("**/api/videos/*/downloads", lambda route: route.abort(), times=1)
    row = person.page.locator("download-list li").last
    row.locator("button.download").click()
    expect(row.get_by_role("status")).to_have_text(say("wait.no_answer"))
    with person.page.expect_download():
        row.locator("button.download").click()
