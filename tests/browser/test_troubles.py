"""Each thing that goes wrong ends in success by doing what the page says, whoever is concerned.

Registering in French on a phone, resetting in English on a desktop: both are the same step with
other words. With a folder in NEWSREEL_PICTURES all eight ways are gone, and pictures taken there.
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from itertools import product

import pytest
from newsreel.texts import messages
from playwright.sync_api import Route, expect

from tests.browser.conftest import PICTURES, SIZES
from tests.browser.person import Open, say, say_part, speaking
from tests.browser.user_journey import Errand

_HEADERS = ("content-type", "accept-language", "idempotency-key")
_ALL = list(product(("registration", "reset"), ("en", "fr"), SIZES))
_WAYS = _ALL if PICTURES else [("registration", "fr", "phone"), ("reset", "en", "desktop")]


@pytest.fixture(params=_WAYS, ids="-".join)
def errand(request: pytest.FixtureRequest, enter: Open) -> Iterator[Errand]:
    """Somebody who needs a code; time on the page can be let pass."""
    kind, language, size = request.param
    token = speaking.set(language)
    person = enter(size)
    person.page.context.clock.install()
    yield Errand(person, kind)
    speaking.reset(token)


def _lose_answer(route: Route) -> None:
    """Let the request arrive, and nothing of its answer."""
    asked = route.request
    known = {name: asked.headers[name] for name in _HEADERS if name in asked.headers}
    sent = urllib.request.Request(asked.url, asked.post_data_buffer, known, method=asked.method)
    with urllib.request.urlopen(sent):
        route.abort()


def _fault(route: Route) -> None:
    # 599: a status that no answer of ours has, so that the watch on real faults stays sharp.
    problem = {"code": "fault", "status": 500, "reference": "a1b2c3d4"}
    route.fulfill(status=599, content_type="application/problem+json", body=json.dumps(problem))


def test_a_wrong_code_costs_a_try_and_the_right_one_follows(errand: Errand) -> None:
    errand.begin()
    (code,) = errand.codes()
    errand.person.enter_code(errand.wrong(code))
    # The page names the mail as it names itself, and not by a time in another notation.
    shown = errand.person.dialog.locator(".delivery").inner_text()
    (reference,) = re.findall(say("verify.reference", reference="(.{3})"), shown)
    expect(errand.error).to_have_text(say("verify.wrong.other", count=4, reference=reference))
    expect(errand.person.dialog.get_by_label(say("shell.code"))).to_be_focused()
    errand.person.photograph(f"wrong-{errand.kind}")
    errand.end(f"{code[:3]} {code[3:]}")


def test_five_wrong_codes_lead_to_a_long_one(errand: Errand) -> None:
    errand.begin()
    (code,) = errand.codes()
    for left in (4, 3, 2, 1):
        errand.person.enter_code(errand.wrong(code, by=left))
        one = "verify.wrong.one" if left == 1 else "verify.wrong.other"
        expect(errand.error).to_contain_text(say_part(one, count=left))
    errand.person.enter_code(errand.wrong(code, by=9))
    expect(errand.stopped).to_have_text(say("verify.spent"))
    expect(errand.stopped).to_be_focused()
    errand.counts_down()
    errand.person.photograph(f"spent-waiting-{errand.kind}")
    errand.person.wait(61)
    errand.person.photograph(f"spent-{errand.kind}")
    errand.send_new_code()
    errand.person.see(say("verify.long_code"))
    long_code = errand.codes(2)[0]
    assert len(long_code) == 10
    errand.person.photograph(f"long-{errand.kind}")
    errand.end(f"{long_code[:5]}-{long_code[5:]}".lower())


def test_an_expired_code_leads_to_a_new_one(errand: Errand) -> None:
    errand.begin()
    (old,) = errand.codes()
    errand.person.dialog.get_by_label(say("shell.code")).fill(old)
    errand.person.wait(1801)
    expect(errand.stopped).to_have_text(say("verify.expired"))
    expect(errand.resend).to_be_focused()
    errand.person.photograph(f"expired-{errand.kind}")
    errand.send_new_code()
    errand.end(errand.codes(2)[0])


def test_the_first_mail_works_after_the_second(errand: Errand) -> None:
    errand.begin()
    errand.person.wait(61)
    errand.send_new_code()
    errand.person.see(say("verify.resent"))
    second, first = errand.codes(2)
    assert second != first
    errand.person.photograph(f"resent-{errand.kind}")
    errand.end(first)


def test_a_code_asked_for_too_early_comes_when_the_page_says(errand: Errand) -> None:
    errand.begin()
    sent: list[str] = []
    errand.page.on("request", lambda request: sent.append(request.method))
    errand.counts_down()
    # By script: the driver itself would wait until the button is ready.
    errand.resend.dispatch_event("click")
    # The page's clock alone runs ahead: the seconds in the server's answer put it right.
    errand.page.route(f"{errand.start_route}/*", lambda route: route.abort())
    errand.page.clock.fast_forward(61_000)
    assert "POST" not in sent
    errand.send_new_code()
    errand.counts_down()
    errand.person.photograph(f"too-early-{errand.kind}")
    errand.person.wait(61)
    errand.send_new_code()
    errand.person.see(say("verify.resent"))
    errand.end(errand.codes(2)[0])


def test_a_second_tab_ends_it_and_the_first_one_follows(errand: Errand) -> None:
    errand.begin()
    other = Errand(errand.person.beside(), errand.kind)
    other.person.go()
    other.page.get_by_role("link", name=say("shell.enter_code")).click()
    other.end(errand.codes()[0])
    expect(errand.person.dialog).to_be_hidden()
    registered = errand.kind == "registration"
    told = "verify.finished_elsewhere" if registered else "reset.finished_elsewhere"
    expect(errand.page.locator(".notice")).to_have_text(say(told))
    errand.person.photograph(f"second-tab-{errand.kind}")
    if registered:
        expect(errand.page.locator("header .address")).to_have_text(errand.person.email)


def test_back_closes_the_dialog_and_enter_code_goes_on(errand: Errand) -> None:
    errand.begin()
    errand.page.go_back()
    expect(errand.person.dialog).to_be_hidden()
    assert errand.page.url == errand.person.site.url + messages.home(speaking.get())
    errand.person.photograph(f"back-{errand.kind}")
    errand.page.get_by_role("link", name=say("shell.enter_code")).click()
    errand.end(errand.codes()[0])


def test_a_start_whose_answer_is_lost_is_the_same_start_again(errand: Errand) -> None:
    keys: list[str | None] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        _lose_answer(route)

    errand.open()
    errand.fill_in()
    errand.page.route(errand.start_route, lose, times=1)
    errand.send()
    errand.person.see(say("wait.no_answer"))
    errand.person.photograph(f"no-answer-{errand.kind}")
    with errand.page.expect_request(errand.start_route) as again:
        errand.person.press(say("wait.try_again"))
    assert again.value.headers["idempotency-key"] == keys[0]
    errand.person.title(say("shell.verify_title"))
    errand.end(errand.codes()[0])


def test_a_code_whose_answer_is_lost_is_no_dead_end(errand: Errand) -> None:
    errand.begin()
    errand.page.route(errand.check_route, _lose_answer, times=1)
    errand.person.enter_code(errand.codes()[0])
    errand.person.see(say("wait.no_answer"))
    errand.person.photograph(f"code-no-answer-{errand.kind}")
    errand.person.press(say("wait.try_again"))
    if errand.kind == "reset":
        errand.end()
        return
    # The account exists, and only its password opens it again.
    errand.person.title(say("verify.finished"))
    errand.person.see(say("verify.finished_text"))
    errand.person.photograph("finished-registration")
    errand.person.dialog.get_by_role("link", name=say("link.log_in")).click()
    errand.person.log_in()
    expect(errand.page.locator("header .address")).to_have_text(errand.person.email)


def test_offline_is_said_and_the_code_that_was_typed_is_kept(errand: Errand) -> None:
    errand.begin()
    (code,) = errand.codes()
    errand.page.context.set_offline(offline=True)
    errand.person.enter_code(code)
    errand.person.see(say("wait.offline"))
    errand.person.photograph(f"offline-{errand.kind}")
    expect(errand.person.dialog.get_by_label(say("shell.code"))).to_have_value(code)
    errand.page.context.set_offline(offline=False)
    errand.person.press(say("wait.try_again"))
    errand.end()


def test_slow_answers_are_told_and_come_to_their_end(errand: Errand) -> None:
    held: list[Route] = []
    errand.open()
    errand.fill_in()
    for route in (errand.start_route, errand.check_route):
        errand.page.route(route, lambda route: held.append(route), times=1)  # noqa: PLW0108
    errand.send()
    _is_slow(errand)
    errand.person.photograph(f"slow-{errand.kind}")
    held.pop().continue_()
    errand.person.title(say("shell.verify_title"))
    errand.person.enter_code(errand.codes()[0])
    _is_slow(errand)
    errand.person.photograph(f"code-slow-{errand.kind}")
    held.pop().continue_()
    errand.end()


def _is_slow(errand: Errand) -> None:
    button = errand.person.dialog.get_by_role("button", name=say("wait.sending"))
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    errand.page.clock.fast_forward(4_100)
    expect(errand.page.locator("dialog > .status")).to_have_text(say("wait.slow"))


def test_a_fault_is_told_with_its_reference_and_passes(errand: Errand) -> None:
    errand.begin()
    errand.page.route(errand.check_route, _fault, times=1)
    errand.person.enter_code(errand.codes()[0])
    errand.person.see(say("wait.fault_reference", reference="a1b2c3d4"))
    errand.person.photograph(f"fault-{errand.kind}")
    errand.person.press(say("wait.try_again"))
    errand.end()
