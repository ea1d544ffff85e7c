"""An open flow goes on: after a reload, in another tab, after a wrong code, too early, too late."""

import json

import pytest
from playwright.sync_api import Route, expect

from tests.browser.person import Open, Person, say


def _awaits_code(person: Person) -> None:
    person.go("/#register")
    person.register()


def _answer(route: Route, status: int, **problem: object) -> None:
    route.fulfill(
        status=status,
        content_type="application/problem+json",
        body=json.dumps({"type": "about:blank", "status": status, **problem}),
    )


def test_a_reload_in_the_middle_goes_on_where_it_was(enter: Open, size: str) -> None:
    person = enter(size)
    _awaits_code(person)
    person.page.reload()
    person.title(say("shell.verify_title"))
    expect(person.dialog.locator(".sent-to .address")).to_have_text(person.email)
    person.verify()
    person.page.reload()
    person.title(say("shell.done_title"))


def test_a_dropped_tab_is_taken_up_again_by_enter_code(enter: Open, size: str) -> None:
    person = enter(size)
    _awaits_code(person)
    context = person.page.context
    person.page.close()
    person.page = context.new_page()
    person.go()
    expect(person.page.locator(".banner .address")).to_have_text(person.email)
    person.photograph("20-enter-code")
    person.page.get_by_role("link", name=say("shell.enter_code")).click()
    person.verify()


def test_a_second_tab_follows_when_the_first_one_finishes(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    other = person.page.context.new_page()
    other.goto("/#verify")
    expect(other.locator("dialog")).to_be_visible()
    person.verify()
    expect(other.locator("dialog")).to_be_hidden()
    expect(other.locator(".notice")).to_have_text(say("verify.finished_elsewhere"))
    expect(other.locator("header .address")).to_have_text(person.email)


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


def test_back_closes_the_dialog_and_the_page_stays(enter: Open, size: str) -> None:
    person = enter(size)
    person.go()
    person.page.get_by_role("link", name=say("shell.register"), exact=True).click()
    person.register()
    person.page.go_back()
    expect(person.dialog).to_be_hidden()
    assert person.page.url.rstrip("/") == person.site.url


def test_a_wrong_code_says_how_many_tries_are_left(enter: Open, size: str) -> None:
    person = enter(size)
    _awaits_code(person)
    code = person.site.read_code(person.email)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    person.enter_code(wrong)
    expect(person.dialog.locator(".error")).to_contain_text("4 tries left")
    expect(person.dialog.get_by_label(say("shell.code"))).to_be_focused()
    person.photograph("21-wrong-code")
    person.enter_code(f"{code[:3]} {code[3:]}")
    person.title(say("shell.done_title"))


def test_a_press_during_the_wait_sends_nothing(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    sent: list[str] = []
    person.page.on("request", lambda request: sent.append(request.method + request.url))
    button = person.dialog.locator("wait-button button")
    expect(button).to_contain_text("Send new Code in 0:")
    # By script: the driver itself would wait until the button is ready.
    button.dispatch_event("click")
    person.see(say("verify.reference", reference="")[:9])
    assert not [one for one in sent if one.startswith("POST") and one.endswith("/code")]


def test_a_clock_that_runs_ahead_is_put_right_by_the_servers_seconds(enter: Open) -> None:
    person = enter()
    person.page.clock.install()
    _awaits_code(person)
    button = person.dialog.locator("wait-button button")
    expect(button).to_contain_text("in 0:")
    person.page.clock.fast_forward(61_000)
    expect(button).to_have_text(say("shell.resend"))
    button.click()
    expect(button).to_contain_text("Send new Code in ")


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


@pytest.mark.parametrize("delivery", ["pending", "sent", "delivered", "delayed", "bounced"])
def test_the_code_screen_says_what_became_of_the_mail(enter: Open, delivery: str) -> None:
    person = enter("phone")
    _awaits_code(person)
    flow = _flow_of(person)
    person.page.route(
        "**/api/registrations/*", lambda route: route.fulfill(json={**flow, "delivery": delivery})
    )
    text = say(f"verify.delivery.{delivery}", time="|").split("|")[0].strip()
    expect(person.dialog.locator(".delivery")).to_contain_text(text)
    person.photograph(f"26-{delivery}")
    if delivery == "bounced":
        person.dialog.locator(".delivery").get_by_role("link").click()
        expect(person.dialog.get_by_label(say("shell.email"))).to_have_value(person.email)


def test_another_address_can_be_given_from_the_code_screen(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    person.dialog.get_by_role("link", name=say("shell.change")).click()
    person.email = f"new-{person.email}"
    person.register()
    person.verify()


def _flow_of(person: Person) -> dict[str, object]:
    flow: dict[str, object] = person.page.evaluate(
        """async () => {
          const { id } = JSON.parse(localStorage.getItem("newsreel.flow"));
          return (await fetch(`/api/registrations/${id}`)).json();
        }"""
    )
    return flow
