"""A forgotten password is replaced, whatever goes wrong on the way; log-in follows by hand."""

import json

import pytest
from playwright.sync_api import Request, Route, expect

from tests.browser.person import (
    DOORSTEP,
    NEW_PASSWORD,
    PASSWORD,
    Open,
    Person,
    page_text,
    say,
)

VIDEO = f"/videos/{DOORSTEP}"


def _awaits_code(person: Person, path: str = "/") -> None:
    person.has_account()
    person.go(f"{path}#reset")
    person.ask_for_reset()


def _finish(person: Person, code: str) -> None:
    person.enter_code(code)
    person.set_password()
    person.title(say("shell.updated_title"))


def _reset_code(person: Person) -> str:
    """Return the code of the reset: the mail after the one that opened the account."""
    return person.site.read_code(person.email, mails=2)


def test_a_password_is_reset_on_the_page_one_was_on(enter: Open, size: str) -> None:
    person = enter(size)
    person.has_account()
    person.go(VIDEO)
    row = person.page.locator("download-list li").last
    row.get_by_role("button", name=page_text("download")).click()
    person.log_in("Not-The-Right-One-1")
    person.dialog.locator(".error").get_by_role("link", name=say("link.reset")).click()
    person.title(say("shell.reset_title"))
    expect(person.dialog.get_by_label(say("shell.email"))).to_have_value(person.email)
    person.photograph("50-reset")
    person.press(say("shell.reset_submit"))
    person.title(say("shell.verify_title"))
    person.see(say("link.reset"))
    person.photograph("51-reset-code")
    person.enter_code(_reset_code(person))
    person.title(say("shell.new_password_title"))
    person.photograph("52-new-password")
    person.set_password()
    person.title(say("shell.updated_title"))
    person.photograph("53-updated")
    expect(person.page.locator("header .address")).to_be_hidden()
    person.dialog.get_by_role("link", name=say("shell.log_in")).click()
    with person.page.expect_download():
        person.log_in(NEW_PASSWORD)
    assert person.page.url.endswith(VIDEO)


def test_the_old_password_is_refused_afterwards(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    _finish(person, _reset_code(person))
    person.dialog.get_by_role("link", name=say("shell.log_in")).click()
    person.log_in(PASSWORD)
    expect(person.dialog.locator(".error")).to_contain_text(say("log_in.fails"))
    person.dialog.get_by_label(say("shell.password"), exact=True).fill(NEW_PASSWORD)
    person.press(say("shell.log_in_submit"))
    expect(person.page.locator("header .address")).to_have_text(person.email)


def test_a_dropped_tab_is_taken_up_elsewhere_and_leads_back(enter: Open, size: str) -> None:
    person = enter(size)
    _awaits_code(person, VIDEO)
    context = person.page.context
    person.page.close()
    person.page = context.new_page()
    person.go()
    person.page.get_by_role("link", name=say("shell.enter_code")).click()
    _finish(person, _reset_code(person))
    person.dialog.get_by_role("link", name=say("shell.log_in")).click()
    person.page.wait_for_url(f"**{VIDEO}#log-in")
    person.log_in(NEW_PASSWORD)
    expect(person.dialog).to_be_hidden()


def test_each_step_goes_on_after_a_reload(enter: Open) -> None:
    person = enter("phone")
    _awaits_code(person)
    person.page.reload()
    person.title(say("shell.verify_title"))
    expect(person.dialog.locator(".sent-to .address")).to_have_text(person.email)
    person.enter_code(_reset_code(person))
    person.title(say("shell.new_password_title"))
    person.page.reload()
    person.set_password()
    person.title(say("shell.updated_title"))
    person.page.reload()
    person.title(say("shell.updated_title"))


def test_no_step_can_be_opened_before_its_time(enter: Open) -> None:
    person = enter()
    for step in ("reset-code", "new-password"):
        person.go(f"/#{step}")
        person.title(say("shell.reset_title"))
        person.page.goto("about:blank")
    person.go("/#updated")
    expect(person.dialog).to_be_hidden()


def test_back_closes_and_enter_code_goes_on(enter: Open, size: str) -> None:
    person = enter(size)
    person.has_account()
    person.page.locator("header a[href='#log-in']").click()
    person.dialog.get_by_role("link", name=say("shell.reset")).click()
    person.ask_for_reset()
    person.page.go_back()
    expect(person.dialog).to_be_hidden()
    person.page.get_by_role("link", name=say("shell.enter_code")).click()
    _finish(person, _reset_code(person))


def test_a_second_tab_is_told_when_the_first_one_is_done(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    other = person.page.context.new_page()
    other.goto("/#reset-code")
    expect(other.locator("dialog #code")).to_be_visible()
    _finish(person, _reset_code(person))
    expect(other.locator("dialog")).to_be_hidden()
    expect(other.locator(".notice")).to_have_text(say("reset.finished_elsewhere"))
    person.title(say("shell.updated_title"))


def test_an_unknown_address_sees_the_same_and_reads_the_truth_in_its_mail(enter: Open) -> None:
    person = enter("phone")
    person.go("/#reset")
    person.ask_for_reset()
    person.see(say("shell.reset_unknown"))
    person.photograph("54-unknown")
    person.dialog.get_by_role("link", name=say("shell.register_title")).click()
    person.register()
    person.verify()


def test_a_common_password_is_refused_and_costs_nothing(enter: Open) -> None:
    person = enter("phone")
    _awaits_code(person)
    person.enter_code(_reset_code(person))
    person.set_password("short")
    breaks = say("password.breaks_rules", minimum=12)
    expect(person.dialog.locator(".error")).to_have_text(breaks)
    person.set_password("Password-12345")
    expect(person.dialog.locator(".error")).to_have_text(say("password.too_common"))
    person.photograph("55-refused")
    person.set_password()
    person.title(say("shell.updated_title"))


def test_whoever_takes_more_than_ten_minutes_enters_the_code_once_more(enter: Open) -> None:
    person = enter("phone")
    _awaits_code(person)
    code = _reset_code(person)
    person.enter_code(code)
    person.title(say("shell.new_password_title"))
    person.wait(601)
    person.set_password()
    person.see(say("reset.too_late"))
    person.photograph("56-too-late")
    _finish(person, code)


def test_an_answer_that_got_lost_after_the_change_is_no_dead_end(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    person.enter_code(_reset_code(person))

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    person.page.route("**/complete", lose_answer, times=1)
    person.set_password()
    person.see(say("wait.no_answer"))
    person.press(say("wait.try_again"))
    person.title(say("shell.updated_title"))


def test_a_dropped_connection_starts_the_same_reset_again(enter: Open, size: str) -> None:
    person = enter(size)
    person.has_account()
    keys: list[str | None] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/password-resets"):
            keys.append(request.headers.get("idempotency-key"))

    person.page.on("request", note)

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    person.page.route("**/api/password-resets", lose_answer, times=1)
    person.go("/#reset")
    person.dialog.get_by_label(say("shell.email")).fill(person.email)
    person.press(say("shell.reset_submit"))
    person.see(say("wait.no_answer"))
    person.photograph("57-no-answer")
    person.press(say("wait.try_again"))
    person.title(say("shell.verify_title"))
    assert keys[0] == keys[1] is not None
    _finish(person, _reset_code(person))
    assert len(person.site.read_codes(person.email, mails=2)) == 2


def test_a_slow_answer_is_told_and_comes_to_its_end(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    code = _reset_code(person)
    person.page.clock.install()
    person.page.reload()
    held: list[Route] = []
    person.page.route("**/verify", lambda route: held.append(route))  # noqa: PLW0108
    person.enter_code(code)
    expect(person.dialog.get_by_role("button", name=say("wait.sending"))).to_be_visible()
    person.page.clock.fast_forward(4_100)
    expect(person.page.locator("dialog > .status")).to_have_text(say("wait.slow"))
    held[0].continue_()
    person.set_password()
    person.title(say("shell.updated_title"))


def test_a_fault_while_saving_can_be_tried_again(enter: Open) -> None:
    person = enter("phone")
    _awaits_code(person)
    person.enter_code(_reset_code(person))
    problem = json.dumps({"code": "fault", "status": 500, "reference": "a1b2c3d4"})
    person.page.route(
        "**/complete",
        lambda route: route.fulfill(
            status=599, content_type="application/problem+json", body=problem
        ),
        times=1,
    )
    person.set_password()
    person.see(say("wait.fault_reference", reference="a1b2c3d4"))
    person.press(say("wait.try_again"))
    person.title(say("shell.updated_title"))


def test_a_reset_while_signed_in_logs_this_browser_out(enter: Open) -> None:
    person = enter()
    person.is_signed_in("/account/security")
    person.page.get_by_role("link", name=say("shell.reset")).click()
    expect(person.dialog.get_by_label(say("shell.email"))).to_have_value(person.email)
    person.ask_for_reset()
    _finish(person, _reset_code(person))
    expect(person.page.locator("header a[href='#log-in']")).to_be_visible()
    person.dialog.get_by_role("link", name=say("shell.log_in")).click()
    person.log_in(NEW_PASSWORD)
    person.see(say("shell.sessions_title"))


@pytest.mark.parametrize("kind", ["registration", "reset"])
class TestCodes:
    """What goes wrong with codes goes wrong alike in both flows, and ends well in both."""

    def _begin(self, person: Person, kind: str) -> None:
        if kind == "reset":
            _awaits_code(person)
        else:
            person.go("/#register")
            person.register()

    def _mails(self, kind: str, count: int) -> int:
        return count + (1 if kind == "reset" else 0)

    def _end(self, person: Person, kind: str, code: str) -> None:
        person.enter_code(code)
        if kind == "registration":
            person.title(say("shell.done_title"))
            return
        person.set_password()
        person.title(say("shell.updated_title"))

    def test_five_wrong_codes_lead_to_a_long_one(self, enter: Open, kind: str) -> None:
        person = enter("phone")
        self._begin(person, kind)
        code = person.site.read_code(person.email, mails=self._mails(kind, 1))
        error = person.dialog.locator(".error")
        for left in (4, 3, 2, 1):
            person.enter_code(f"{(int(code) + left) % 1_000_000:06}")
            expect(error).to_contain_text(f"{left} tr")
        person.enter_code(f"{(int(code) + 9) % 1_000_000:06}")
        expect(error).to_contain_text(say("verify.spent"))
        person.wait(61)
        error.get_by_role("button", name=say("shell.resend")).click()
        person.see(say("verify.long_code"))
        long_code = person.site.read_code(person.email, mails=self._mails(kind, 2))
        assert len(long_code) == 10
        person.photograph(f"58-long-code-{kind}")
        self._end(person, kind, f"{long_code[:5]}-{long_code[5:]}".lower())

    def test_an_expired_code_leads_to_a_new_one(self, enter: Open, kind: str) -> None:
        person = enter("phone")
        self._begin(person, kind)
        old = person.site.read_code(person.email, mails=self._mails(kind, 1))
        person.wait(1801)
        error = person.dialog.locator(".error")
        expect(error).to_contain_text(say("verify.expired"))
        person.enter_code(old)
        expect(error).to_contain_text(say("verify.expired"))
        person.photograph(f"59-expired-{kind}")
        error.get_by_role("button", name=say("shell.resend")).click()
        expect(error).to_be_hidden()
        self._end(person, kind, person.site.read_code(person.email, mails=self._mails(kind, 2)))

    def test_the_first_mail_works_after_the_second(self, enter: Open, kind: str) -> None:
        person = enter()
        self._begin(person, kind)
        first = person.site.read_code(person.email, mails=self._mails(kind, 1))
        person.wait(61)
        person.dialog.locator("wait-button button").click()
        person.see(say("verify.resent"))
        second = person.site.read_code(person.email, mails=self._mails(kind, 2))
        assert second != first
        self._end(person, kind, first)

    def test_a_code_asked_for_too_early_says_how_long_to_wait(self, enter: Open, kind: str) -> None:
        person = enter()
        self._begin(person, kind)
        first = person.site.read_code(person.email, mails=self._mails(kind, 1))
        person.wait(61)
        button = person.dialog.locator("wait-button button")
        expect(button).to_have_text(say("shell.resend"))
        other = person.page.context.new_page()
        other.goto("/#verify")
        other.locator("wait-button button", has_text=say("shell.resend")).click()
        expect(other.locator("dialog > .status")).to_have_text(say("verify.resent"))
        button.click()
        expect(button).to_contain_text("Send new Code in ")
        other.close()
        self._end(person, kind, first)
