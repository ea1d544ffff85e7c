"""A forgotten password is replaced, whatever goes wrong on the way; log-in follows by hand."""

import json

from playwright.sync_api import Route, expect

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
    person.has_account(f"{path}#reset")
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
    person.has_account(VIDEO)
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


def test_a_dropped_tab_is_taken_up_elsewhere_and_leads_back(enter: Open) -> None:
    person = enter("phone")
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
    lacked = [say("password.rule.length", minimum=12)]
    lacked += [say(f"password.rule.{rule}") for rule in ("case", "numbers", "symbols")]
    missing = say("password.missing", rules=", ".join(lacked))
    expect(person.dialog.locator(".error")).to_have_text(missing)
    person.set_password("Password-12345")
    expect(person.dialog.locator(".error")).to_have_text(say("password.too_common"))
    person.photograph("55-refused")
    person.set_password()
    person.title(say("shell.updated_title"))


def test_whoever_takes_more_than_ten_minutes_has_a_new_code_sent(enter: Open) -> None:
    person = enter("phone")
    _awaits_code(person)
    person.enter_code(_reset_code(person))
    person.title(say("shell.new_password_title"))
    person.wait(601)
    person.set_password()
    person.see(say("reset.too_late"))
    person.photograph("56-too-late")
    expect(person.dialog.locator(".stopped")).to_have_text(say("verify.expired"))
    person.press(say("shell.resend"))
    # The first code opened the account, the second was right already.
    _finish(person, person.site.read_code(person.email, mails=3))


def test_a_code_that_was_used_in_another_tab_is_not_said_to_be_late(enter: Open) -> None:
    person = enter()
    _awaits_code(person)
    other = person.beside()
    other.go("/#reset-code")
    other.title(say("shell.verify_title"))
    person.page.bring_to_front()
    person.enter_code(_reset_code(person))
    person.title(say("shell.new_password_title"))
    other.page.bring_to_front()
    expect(other.dialog.locator(".stopped")).to_have_text("Code expired or used already.")
    person.page.bring_to_front()
    person.set_password()
    person.title(say("shell.updated_title"))
    expect(other.dialog).to_be_hidden()


def test_a_dialog_that_was_closed_while_a_password_was_saved_too_late_stays_closed(
    enter: Open,
) -> None:
    person = enter()
    _awaits_code(person)
    person.enter_code(_reset_code(person))
    person.title(say("shell.new_password_title"))
    held: list[Route] = []
    person.page.route("**/complete", lambda route: held.append(route))  # noqa: PLW0108
    person.dialog.get_by_label(say("shell.new_password"), exact=True).fill(NEW_PASSWORD)
    with person.page.expect_request("**/complete"):
        person.press(say("shell.save_password"))
    person.dialog.get_by_role("button", name=say("shell.close")).click()
    over = json.dumps({"code": "flow_over", "status": 410})
    with person.page.expect_response("**/api/password-resets/*"):
        held[0].fulfill(status=410, content_type="application/problem+json", body=over)
    # Whatever the page does because of an answer, it has done before it answers this.
    person.page.evaluate("() => fetch('/icon.svg').then(() => 0)")
    expect(person.dialog).to_be_hidden()
    person.page.get_by_role("link", name=say("shell.enter_code")).click()
    person.title(say("shell.verify_title"))


def test_a_reset_of_another_account_leaves_this_one_logged_in_and_says_so(enter: Open) -> None:
    person = enter()
    person.is_signed_in("/")
    here, person.email = person.email, f"other-{person.email}"
    person.site.open_account(person.email, PASSWORD, accept_terms=False)
    person.go("/#reset")
    person.ask_for_reset()
    _finish(person, _reset_code(person))
    person.see(say("reset.other_account", email=here))
    expect(person.page.locator("header .address")).to_have_text(here)
    person.dialog.get_by_role("button", name=say("shell.close")).click()
    person.log_out()
    answer = person.page.evaluate("async () => (await fetch('/api/account')).status")
    assert answer == 401


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
