"""The terms of use come before the first download, once, and the download goes on by itself."""

from playwright.sync_api import expect

from tests.browser.person import DOORSTEP, Open, Person, page_text, say

VIDEO = f"/videos/{DOORSTEP}"


def _ask(person: Person) -> None:
    row = person.page.locator("download-list li").last
    row.get_by_role("button", name=page_text("download")).click()


def test_the_first_download_asks_for_the_terms_and_the_second_does_not(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in(VIDEO, accept_terms=False)
    _ask(person)
    person.title(say("shell.terms_title"))
    expect(person.dialog.locator(".text-box p").first).to_contain_text("free of charge")
    person.photograph("73-terms-dialog")
    with person.page.expect_download():
        person.press(say("shell.terms_submit"))
    row = person.page.locator("download-list li").last
    expect(row.get_by_role("status")).to_have_text(say("download.started"))
    expect(row.locator("button.download")).to_be_focused()
    with person.page.expect_download():
        _ask(person)
    expect(person.dialog).to_be_hidden()


def test_whoever_closes_the_terms_is_asked_again(enter: Open) -> None:
    person = enter()
    person.is_signed_in(VIDEO, accept_terms=False)
    _ask(person)
    person.title(say("shell.terms_title"))
    person.page.keyboard.press("Escape")
    expect(person.dialog).to_be_hidden()
    _ask(person)
    person.title(say("shell.terms_title"))
    person.page.go_back()
    expect(person.dialog).to_be_hidden()
    _ask(person)
    with person.page.expect_download():
        person.press(say("shell.terms_submit"))


def test_a_link_goes_on_as_a_link(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in(VIDEO, accept_terms=False)
    row = person.page.locator("download-list li").first
    row.locator("summary").click()
    row.get_by_role("button", name=page_text("make_link")).click()
    person.press(say("terms.accept_link"))
    expect(row.get_by_role("button", name=say("download.copy_link"))).to_be_focused()


def test_log_in_for_a_download_leads_to_the_terms_and_on(enter: Open) -> None:
    person = enter()
    person.has_account(VIDEO, accept_terms=False)
    _ask(person)
    person.log_in()
    person.title(say("shell.terms_title"))
    with person.page.expect_download():
        person.press(say("shell.terms_submit"))


def test_terms_that_do_not_come_can_be_asked_for_again(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in(VIDEO, accept_terms=False)
    person.page.route("**/api/terms", lambda route: route.abort(), times=1)
    _ask(person)
    person.see(say("wait.no_answer"))
    expect(person.dialog.get_by_role("button", name=say("shell.terms_submit"))).to_be_hidden()
    person.photograph("74-terms-no-answer")
    person.press(say("wait.try_again"))
    with person.page.expect_download():
        person.press(say("shell.terms_submit"))


def test_the_terms_go_on_after_a_reload(enter: Open) -> None:
    person = enter()
    person.is_signed_in(VIDEO, accept_terms=False)
    _ask(person)
    person.title(say("shell.terms_title"))
    person.page.reload()
    person.title(say("shell.terms_title"))
    with person.page.expect_download():
        person.press(say("shell.terms_submit"))


def test_somebody_new_accepts_them_with_the_waiting_download(enter: Open) -> None:
    person = enter("phone")
    person.go(VIDEO)
    _ask(person)
    person.register()
    person.verify()
    label = person.page.locator("download-list li").last.get_attribute("data-label") or ""
    person.press(say("download.button", label=label))
    box = person.dialog.get_by_label(say("shell.terms_accept"))
    expect(box).to_be_focused()
    expect(box).to_have_accessible_description(say("terms.first"))
    person.photograph("75-done-terms")
    box.check()
    with person.page.expect_download():
        person.press(say("download.button", label=label))
    person.see(say("download.started"))


def test_nobody_accepts_terms_for_an_account_that_another_tab_has_logged_in(enter: Open) -> None:
    person = enter()
    person.is_signed_in(VIDEO, accept_terms=False)
    _ask(person)
    person.title(say("shell.terms_title"))
    other = person.beside()
    other.email = f"other-{person.email}"
    other.is_signed_in("/", accept_terms=False)
    person.page.bring_to_front()
    expect(person.page.locator("header .address")).to_have_text(other.email)
    expect(person.dialog).to_be_hidden()
