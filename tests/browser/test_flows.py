"""An open flow goes on after a reload and in another tab, and a form says what it needs."""

import json

import pytest
from playwright.sync_api import Route, expect

from tests.browser.person import PASSWORD, Open, Person, say, say_part


def _awaits_code(person: Person) -> None:
    person.go("/#register")
    person.register()


def _answer(route: Route, status: int, **problem: object) -> None:
    route.fulfill(
        status=status,
        content_type="application/problem+json",
        body=json.dumps({"type": "about:blank", "status": status, **problem}),
    )


def test_a_reload_in_the_middle_goes_on_where_it_was(enter: Open) -> None:
    person = enter("phone")
    _awaits_code(person)
    person.page.reload()
    person.title(say("shell.verify_title"))
    expect(person.dialog.locator(".sent-to .address")).to_have_text(person.email)
    person.verify()
    person.page.reload()
    person.title(say("shell.done_title"))


def test_a_dropped_tab_is_taken_up_again_by_enter_code(enter: Open) -> None:
    person = enter("phone")
    _awaits_code(person)
    context = person.page.context
    person.page.close()
    person.page = context.new_page()
    person.go()
    expect(person.page.locator(".banner .address")).to_have_text(person.email)
    person.photograph("20-enter-code")
    person.page.get_by_role("link", name=say("shell.enter_code")).click()
    person.verify()


@pytest.mark.parametrize("fragment", ["constructor", "toString", "nothing"])
def test_a_fragment_that_is_no_step_closes_the_dialog(enter: Open, fragment: str) -> None:
    person = enter()
    person.go("/#register")
    person.title(say("shell.register_title"))
    person.page.evaluate("fragment => { location.hash = fragment }", fragment)
    expect(person.dialog).to_be_hidden()


def test_logging_out_in_one_tab_shows_in_the_other(enter: Open) -> None:
    person = enter()
    person.go("/#register")
    person.register()
    person.verify()
    person.close()
    other = person.page.context.new_page()
    other.goto("/")
    expect(other.locator("header .address")).to_have_text(person.email)
    person.log_out()
    expect(other.locator("header a[href='#log-in']")).to_be_visible()


def test_whoever_logs_out_leaves_no_address_in_the_form_to_log_in(enter: Open) -> None:
    person = enter()
    person.has_account()
    person.go("/#log-in")
    person.log_in()
    expect(person.page.locator("header .address")).to_have_text(person.email)
    person.log_out()
    person.page.locator("header a[href='#log-in']").click()
    expect(person.dialog.get_by_label(say("shell.email"))).to_have_value("")


@pytest.mark.parametrize(
    ("code", "title", "way"),
    [
        ("registration_finished", "verify.finished", "link.log_in"),
        ("flow_over", "verify.over", "link.register"),
    ],
)
def test_an_ended_flow_leads_on(enter: Open, code: str, title: str, way: str) -> None:
    person = enter("phone")
    _awaits_code(person)
    person.page.route(
        "**/api/registrations/*/confirm", lambda route: _answer(route, 410, code=code)
    )
    person.enter_code("000000")
    person.title(say(title))
    person.photograph(f"25-{code}")
    person.dialog.get_by_role("link", name=say(way)).click()
    step = {"link.log_in": "shell.log_in_title", "link.register": "shell.register_title"}[way]
    person.title(say(step))
    expect(person.dialog.get_by_label(say("shell.email"))).to_have_value(person.email)


def test_whoever_has_asked_too_often_is_told_until_when_and_gets_a_code_then(enter: Open) -> None:
    person = enter("phone")
    person.page.clock.install()
    _awaits_code(person)
    person.wait(61)
    person.page.route(
        "**/code",
        lambda route: _answer(route, 429, code="too_many_requests", retry_in=1200),
        times=1,
    )
    person.press(say("shell.resend"))
    limit = person.dialog.locator(".limit")
    expect(limit).to_contain_text(say_part("verify.resend_limit"))
    expect(limit).to_be_focused()
    person.photograph("27-limit")
    person.wait(1201)
    expect(limit).to_be_hidden()
    person.press(say("shell.resend"))
    person.enter_code(person.site.read_code(person.email, mails=2))
    person.title(say("shell.done_title"))


def test_a_code_that_expired_while_the_page_slept_leads_to_a_new_one(enter: Open) -> None:
    person = enter()
    person.page.clock.install()
    _awaits_code(person)
    person.page.route("**/confirm", lambda route: _answer(route, 410, code="code_expired"), times=1)
    person.enter_code("000000")
    expect(person.dialog.locator(".stopped")).to_have_text(say("verify.expired"))
    person.wait(61)
    person.press(say("shell.resend"))
    person.enter_code(person.site.read_code(person.email, mails=2))
    person.title(say("shell.done_title"))


def test_an_answer_that_breaks_off_after_its_cookies_is_enough(enter: Open) -> None:
    person = enter()
    _awaits_code(person)

    def break_off(route: Route) -> None:
        route.fetch()
        route.abort()

    person.page.route("**/confirm", break_off, times=1)
    person.verify()
    expect(person.page.locator("header .address")).to_have_text(person.email)


def _tell(person: Person) -> dict[str, object]:
    """Have the page told what stands in the mapping that is returned, whenever it looks."""
    told = _flow_of(person)
    person.page.route("**/api/registrations/*", lambda route: route.fulfill(json=told))
    return told


def _says(person: Person, delivery: str) -> None:
    # The page looks every five seconds.
    person.page.clock.fast_forward(5_000)
    text = say_part(f"verify.delivery.{delivery}")
    expect(person.dialog.locator(".delivery")).to_contain_text(text)
    person.photograph(f"26-{delivery}")


def test_the_code_screen_says_what_becomes_of_the_mail(enter: Open) -> None:
    person = enter("phone")
    person.page.clock.install()
    _awaits_code(person)
    told = _tell(person)
    for delivery in ("pending", "sent", "delayed", "delivered"):
        told["delivery"] = delivery
        _says(person, delivery)


@pytest.mark.parametrize("delivery", ["bounced", "withheld"])
def test_a_mail_that_cannot_come_leads_to_the_address_that_was_given(
    enter: Open, delivery: str
) -> None:
    person = enter("phone")
    person.page.clock.install()
    _awaits_code(person)
    _tell(person)["delivery"] = delivery
    _says(person, delivery)
    person.dialog.locator(".delivery").get_by_role("link").click()
    expect(person.dialog.get_by_label(say("shell.email"))).to_have_value(person.email)


def test_a_mail_that_comes_back_after_it_arrived_shows_without_a_reload_and_few_requests(
    enter: Open,
) -> None:
    person = enter("phone")
    person.page.clock.install()
    _awaits_code(person)
    flow = _flow_of(person)
    told, asked = ["delivered"], []

    def tell(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(json={**flow, "delivery": told[-1]})

    def look(seconds: int) -> int:
        person.page.clock.fast_forward(seconds * 1000)
        # Whatever the page asks because of it, it has asked before it answers this.
        person.page.evaluate("() => fetch('/icon.svg').then(() => 0)")
        return len(asked)

    line = person.dialog.locator(".delivery")
    person.page.route("**/api/registrations/*", tell)
    person.page.clock.fast_forward(10_000)
    expect(line).to_have_class("delivery arrived")
    before = len(asked)
    # Ten seconds after it arrived, then twenty: each wait is twice the last.
    assert look(9) == before
    told.append("bounced")
    expect(line).to_have_class("delivery arrived")
    assert look(11) == before + 1
    expect(line).to_contain_text(say_part("verify.delivery.bounced"))
    assert look(1200) == before + 1


def test_another_address_can_be_given_from_the_code_screen(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    person.dialog.get_by_role("link", name=say("shell.change")).click()
    person.email = f"new-{person.email}"
    person.register()
    person.verify()


def test_two_registrations_in_two_tabs_are_both_finished(enter: Open) -> None:
    first = enter()
    _awaits_code(first)
    second = first.beside()
    second.email = f"second-{first.email}"
    second.go("/#register")
    second.register()
    expect(first.dialog.locator(".sent-to .address")).to_have_text(first.email)
    second.verify()
    second.close()
    first.enter_code(first.site.read_code(first.email))
    first.title(say("shell.done_title"))


def test_a_code_that_comes_late_is_entered_though_a_reset_has_begun_meanwhile(enter: Open) -> None:
    person = enter("phone")
    _awaits_code(person)
    person.dialog.get_by_role("link", name=say("shell.log_in")).click()
    person.dialog.get_by_role("link", name=say("shell.reset")).click()
    person.ask_for_reset()
    person.photograph("28-waiting")
    waiting = person.dialog.locator(".waiting")
    expect(waiting).to_contain_text(say("flow.registration", email=person.email))
    waiting.get_by_role("button").click()
    person.verify()


def test_the_subject_of_the_mail_is_its_code_and_half_a_code_costs_no_try(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    person.site.read_code(person.email)
    person.enter_code("12345")
    expect(person.dialog.locator(".error")).to_have_text(say("verify.no_code"))
    person.enter_code("48291O")
    expect(person.dialog.locator(".error")).to_have_text(say("verify.no_code"))
    person.enter_code(person.site.subjects(person.email)[0])
    person.title(say("shell.done_title"))


_STORAGE_THROWS = """
for (const name of ["getItem", "setItem", "removeItem"]) {
  Storage.prototype[name] = () => { throw new DOMException("denied", "SecurityError"); };
}
"""


def test_without_storage_one_registers_resets_and_is_logged_out_everywhere(enter: Open) -> None:
    person = enter()
    person.page.context.add_init_script(_STORAGE_THROWS)
    _awaits_code(person)
    person.verify()
    person.close()
    other = person.beside()
    other.go()
    expect(other.page.locator("header .address")).to_have_text(person.email)
    person.page.bring_to_front()
    person.log_out()
    other.page.bring_to_front()
    expect(other.page.locator("header a[href='#log-in']")).to_be_visible()
    person.page.bring_to_front()
    person.page.locator("header a[href='#log-in']").click()
    person.dialog.get_by_role("link", name=say("shell.reset")).click()
    person.ask_for_reset()
    person.enter_code(person.site.read_code(person.email, mails=2))
    person.set_password()
    person.title(say("shell.updated_title"))


@pytest.mark.parametrize("route", ["**/api/sessions", "**/confirm"])
def test_whoever_keeps_no_cookies_is_told_and_shown_a_way(enter: Open, route: str) -> None:
    person = enter("phone")

    def refuse_cookies(sent: Route) -> None:
        answer = sent.fetch()
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        person.page.context.clear_cookies()
        sent.fulfill(status=answer.status, headers=headers, body=answer.body())

    person.page.route(route, refuse_cookies)
    if route == "**/confirm":
        _awaits_code(person)
        person.enter_code(person.site.read_code(person.email))
        person.title(say("verify.no_cookies"))
    else:
        person.site.open_account(person.email, PASSWORD, accept_terms=False)
        person.go("/#log-in")
        person.log_in()
    person.see(say("log_in.no_cookies_local"))
    person.photograph("29-no-cookies")


def test_a_dialog_that_was_closed_stays_closed_when_the_answer_comes(enter: Open) -> None:
    person = enter()
    held: list[Route] = []
    person.page.route("**/api/registrations", lambda route: held.append(route))  # noqa: PLW0108
    person.go("/#register")
    person.dialog.get_by_label(say("shell.email")).fill(person.email)
    person.dialog.get_by_label(say("shell.password"), exact=True).fill(PASSWORD)
    with person.page.expect_request("**/api/registrations"):
        person.press(say("shell.register_submit"))
    person.dialog.get_by_role("button", name=say("shell.close")).click()
    held[0].continue_()
    expect(person.page.locator(".banner .address")).to_have_text(person.email)
    expect(person.dialog).to_be_hidden()


def test_an_answer_to_a_code_that_comes_at_another_registration_ends_neither(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    held: list[Route] = []
    person.page.route("**/confirm", lambda route: held.append(route), times=1)  # noqa: PLW0108
    with person.page.expect_request("**/confirm"):
        person.enter_code("000000")
    person.dialog.get_by_role("link", name=say("shell.change")).click()
    person.email = f"new-{person.email}"
    person.register()
    with person.page.expect_event("requestfinished", lambda asked: asked.url.endswith("/confirm")):
        _answer(held[0], 410, code="flow_over")
    # Whatever the page does because of an answer, it has done before it answers this.
    person.page.evaluate("() => fetch('/icon.svg').then(() => 0)")
    person.title(say("shell.verify_title"))
    expect(person.dialog.locator(".sent-to .address")).to_have_text(person.email)
    person.verify()


def test_a_press_that_is_told_twice_keeps_what_was_typed_since_the_first_time(enter: Open) -> None:
    person = enter()
    person.go("/#log-in")
    password = person.dialog.get_by_label(say("shell.password"), exact=True)
    password.fill(PASSWORD)
    person.page.evaluate("() => { dispatchEvent(new Event('hashchange')); }")
    expect(password).to_have_value(PASSWORD)


def test_a_press_is_heard_though_the_policy_never_comes(enter: Open) -> None:
    person = enter()
    person.page.route("**/api/config", lambda route: None)
    _awaits_code(person)


def test_a_proxys_page_is_no_new_account(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    page = {"status": 200, "content_type": "text/html", "body": "<html>Notice</html>"}
    person.page.route("**/confirm", lambda route: route.fulfill(**page), times=1)
    code = person.site.read_code(person.email)
    person.enter_code(code)
    person.see(say("wait.fault"))
    person.press(say("wait.try_again"))
    person.title(say("shell.done_title"))


def test_a_wrong_password_is_not_kept_but_the_address_is(enter: Open) -> None:
    person = enter()
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


def _flow_of(person: Person) -> dict[str, object]:
    flow: dict[str, object] = person.page.evaluate(
        """async () => {
          const { id } = JSON.parse(localStorage.getItem("newsreel.flows"))[0];
          return (await fetch(`/api/registrations/${id}`)).json();
        }"""
    )
    return flow
