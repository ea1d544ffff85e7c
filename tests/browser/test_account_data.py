"""What an owner reads of the account, takes along, and ends; and the reader who says "not me"."""

import json
import re
from pathlib import Path

from newsreel.texts import messages
from playwright.sync_api import expect

from tests.browser.person import PASSWORD, Open, Person, say, say_part

_LINK = re.compile(r"/(?:fr/)?not-me#[\w.-]+")


def _link_in(person: Person) -> str:
    """Return where the link of the newest mail leads, without the website's address."""
    found = _LINK.search(person.site.newest_text(person.email))
    assert found, "no link in the mail"
    return found[0]


def _press(person: Person, name: str) -> None:
    person.page.locator("account-page").get_by_role("button", name=name, exact=True).click()


def test_the_journal_tells_what_happened_in_which_browser(enter: Open, size: str) -> None:
    person = enter(size)
    person.is_signed_in("/account/journal")
    rows = person.page.locator(".journal li")
    expect(rows.first).to_contain_text(say("journal.registered"))
    person.photograph("80-journal")


def test_everything_that_is_held_is_saved_as_one_file(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in("/account/data")
    with person.page.expect_download() as saving:
        _press(person, say("shell.data_save"))
    assert saving.value.suggested_filename == "my-data.json"
    saved = json.loads(Path(saving.value.path()).read_text(encoding="utf-8"))
    kinds = {one["kind"] for one in saved["items"]}
    assert {"account", "session", "consent", "journal", "trail"} <= kinds
    assert person.email in json.dumps(saved)
    expect(person.page.locator("account-page > .status")).to_have_text(say("data.saved"))


def test_the_account_is_deleted_with_the_password_alone(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in("/account/data")
    _press(person, say("shell.delete_begin"))
    person.photograph("81-delete")
    password = person.page.get_by_label(say("shell.current_password"))
    password.fill("Wrong-Otter-44-Maps")
    _press(person, say("shell.delete_submit"))
    expect(person.page.locator(".part .error")).to_have_text(say("data.wrong_password"))
    person.photograph("82-delete-wrong")
    password.fill(PASSWORD)
    _press(person, say("shell.delete_submit"))
    expect(person.page.locator("account-page > .status")).to_have_text(say("data.deleted"))
    person.see(say("shell.account_closed"))
    person.photograph("83-deleted")
    person.go("/#log-in")
    person.log_in()
    expect(person.dialog.locator(".error")).to_contain_text(say("log_in.fails"))


def test_a_reader_says_not_me_in_a_mail_and_takes_it_back(enter: Open, language: str) -> None:
    person = enter("phone")
    person.go("/#register")
    person.register()
    person.title(say("shell.verify_title"))
    link = _link_in(person)
    assert link.startswith(f"{messages.home(language)}not-me#")
    reader = enter("phone")
    reader.page.goto(link)
    button = reader.page.get_by_role("button", name=say("shell.not_me_button"), exact=True)
    expect(button).to_be_visible()
    reader.photograph("84-not-me")
    button.click()
    status = reader.page.locator(".not-me .status")
    expect(status).to_contain_text(say_part("not_me.muted", time="|"))
    expect(status).to_be_focused()
    reader.photograph("85-muted")
    reader.page.get_by_role("button", name=say("shell.not_me_undo"), exact=True).click()
    expect(status).to_have_text(say("not_me.undone"))
    # The registration that somebody else began stays ended.
    person.enter_code("123456")
    expect(person.dialog).not_to_contain_text(say("shell.verify_title"))


def test_a_link_that_was_cut_is_told_so(enter: Open) -> None:
    reader = enter("phone")
    reader.page.goto("/not-me#k1.abc")
    expect(reader.page.get_by_text(say("shell.not_me_broken"))).to_be_visible()
    expect(reader.page.get_by_role("button", name=say("shell.not_me_button"))).to_be_hidden()
