"""The account page: what its owner sees, changes, ends and erases; the newsletter."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.person import (
    DOORSTEP,
    PASSWORD,
    Open,
    Person,
    page_text,
    say,
    say_part,
    speaking,
)
from tests.browser.test_accessibility import faults

ACCOUNT = "/account/profile"


def _part(person: Person) -> Locator:
    return person.page.locator("account-page .part")


def _status(person: Person) -> Locator:
    return person.page.locator("account-page > .status")


def _download(person: Person) -> str:
    """Download the smallest file of a video and return its label."""
    person.go(f"/videos/{DOORSTEP}")
    row = person.page.locator("download-list li").last
    with person.page.expect_download():
        row.get_by_role("button", name=page_text("download")).click()
    return row.get_attribute("data-label") or ""


def test_signed_out_it_offers_log_in_and_goes_on(enter: Open) -> None:
    person = enter("phone")
    person.has_account("/account/security")
    person.see(say("shell.account_closed"))
    person.photograph("60-account-closed")
    _part(person).get_by_role("link", name=say("shell.log_in")).click()
    person.log_in()
    expect(_part(person).get_by_role("heading").first).to_have_text(say("shell.sessions_title"))
    assert person.page.url.endswith("/account/security")


def test_the_address_in_the_header_leads_to_the_profile(enter: Open, size: str) -> None:
    person = enter(size)
    person.is_signed_in()
    person.page.locator("header .address").click()
    expect(_part(person).locator("[data-email]")).to_have_text(person.email)
    person.page.wait_for_url(f"**{ACCOUNT}")
    person.photograph("61-profile")
    for part in ("newsletter", "downloads", "security", "profile"):
        link = person.page.locator(f"a[data-part={part}]")
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        expect(_part(person).get_by_role("heading").first).to_be_visible()


@pytest.mark.parametrize("name", ["constructor", "nothing"])
def test_an_unknown_part_of_the_account_is_no_page(enter: Open, name: str) -> None:
    person = enter()
    person.is_signed_in()
    answer = person.page.goto(f"/account/{name}")
    assert answer is not None
    assert answer.status == 404
    expect(person.page.get_by_role("heading", level=1)).to_have_text(page_text("not_found_title"))
    person.photograph(f"61-unknown-part-{name}")


def test_the_address_of_a_part_keeps_its_query(enter: Open) -> None:
    person = enter()
    person.is_signed_in()
    person.go("/account/security?from=mail")
    expect(_part(person).get_by_role("heading").first).to_have_text(say("shell.sessions_title"))
    assert person.page.url.endswith("/account/security?from=mail")


def test_the_account_goes_on_in_the_language_that_was_chosen(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in()
    person.page.locator("header .address").click()
    field = _part(person).get_by_label(say("shell.profile_language"), exact=True)
    expect(field).to_have_value("en")
    assert field.locator("option").all_inner_texts() == ["English", "Français"]
    field.select_option(label="Français")
    person.page.get_by_role("button", name=say("shell.save")).click()
    token = speaking.set("fr")
    expect(_status(person)).to_have_text(say("profile.saved_here"))
    person.page.wait_for_url(f"**/fr{ACCOUNT}")
    expect(_part(person).locator("select")).to_have_value("fr")
    expect(_part(person).locator("#part-title")).to_be_focused()
    person.photograph("61-language")
    # Said once: not again after a reload, and Back leads to where one came from.
    person.page.reload()
    expect(_part(person).locator("select")).to_have_value("fr")
    expect(_status(person)).to_be_empty()
    person.page.get_by_role("button", name=say("shell.save")).click()
    expect(_status(person)).to_have_text(say("profile.saved"))
    speaking.reset(token)
    person.page.go_back()
    person.page.wait_for_url(f"{person.site.url}/")


def test_a_link_to_the_end_of_saving_says_nothing_that_is_not_so(enter: Open) -> None:
    person = enter()
    person.is_signed_in()
    person.go("/fr/account/profile#saved")
    expect(_part(person).locator("select")).to_have_value("en")
    expect(_status(person)).to_be_empty()


def test_the_newsletter_takes_one_click_after_registration(enter: Open) -> None:
    person = enter("phone")
    person.go("/#register")
    person.register()
    person.verify()
    person.press(say("shell.subscribe"))
    person.see(say("shell.newsletter_standing"))
    person.photograph("62-subscribed")
    person.page.reload()
    person.see(say_part("newsletter.since", date="|"))
    person.press(say("shell.unsubscribe"))
    person.see(say("shell.newsletter_text"))
    expect(person.dialog).to_contain_text(say("newsletter.ended"))
    person.press(say("shell.subscribe"))
    person.see(say("shell.newsletter_standing"))
    person.close()
    person.go("/account/newsletter")
    person.see(say_part("newsletter.since", date="|"))


def test_the_newsletter_is_changed_in_the_account(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in("/account/newsletter")
    part = _part(person)
    part.get_by_role("button", name=say("shell.subscribe"), exact=True).click()
    expect(part.get_by_text(say("shell.newsletter_standing"))).to_be_focused()
    person.page.route("**/api/account/newsletter", lambda route: route.abort(), times=1)
    part.get_by_role("button", name=say("shell.unsubscribe")).click()
    person.see(say("wait.no_answer"))
    person.photograph("63-newsletter-no-answer")
    part.get_by_role("button", name=say("wait.try_again")).click()
    expect(part.get_by_text(say("shell.newsletter_text"))).to_be_focused()
    person.page.reload()
    expect(part.get_by_role("button", name=say("shell.subscribe"), exact=True)).to_be_visible()


def test_downloads_are_listed_by_title_and_can_be_erased(enter: Open) -> None:
    person = enter()
    person.is_signed_in()
    label = _download(person)
    title = person.page.locator("h1").inner_text()
    person.go("/account/downloads")
    row = person.page.locator(".history li")
    expect(row.get_by_role("link", name=title)).to_have_attribute("href", f"/videos/{DOORSTEP}")
    expect(row).to_contain_text(label)
    person.photograph("64-downloads")
    person.page.get_by_role("button", name=say("shell.downloads_erase")).click()
    person.see(say("history.sure.one", count=1))
    person.photograph("65-erase")
    assert faults(person, "65-erase") == []
    person.page.get_by_role("button", name=say("shell.keep_list")).click()
    expect(row).to_have_count(1)
    person.page.get_by_role("button", name=say("shell.downloads_erase")).click()
    person.page.get_by_role("button", name=say("shell.erase"), exact=True).click()
    expect(_status(person)).to_have_text(say("history.erased"))
    person.see(say("shell.downloads_none"))
    person.page.reload()
    person.see(say("shell.downloads_none"))


def test_more_downloads_follow_on_request_and_get_the_focus(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in()
    person.has_downloaded(53)
    person.go("/account/downloads")
    rows = person.page.locator(".history li")
    expect(rows).to_have_count(50)
    person.page.get_by_role("button", name=say("shell.downloads_erase")).click()
    person.see(say("history.sure_all"))
    person.page.get_by_role("button", name=say("shell.keep_list")).click()
    person.page.get_by_role("button", name=say("shell.downloads_more")).click()
    expect(rows).to_have_count(53)
    expect(rows.nth(50).get_by_role("link")).to_be_focused()
    more = person.page.get_by_role("button", name=say("shell.downloads_more"))
    expect(more).to_be_hidden()


def test_another_browser_is_logged_out_from_here(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in("/account/security")
    other = enter("desktop")
    other.email = person.email
    other.go("/#log-in")
    other.log_in(keep=True)
    expect(other.dialog).to_be_hidden()
    person.page.reload()
    rows = person.page.locator(".sessions li")
    expect(rows).to_have_count(2)
    here = person.page.locator(".sessions .current")
    expect(here).to_contain_text(say("sessions.current"))
    expect(here.get_by_role("button")).to_have_count(0)
    expect(rows.filter(has=person.page.get_by_role("button"))).to_contain_text(
        say_part("sessions.used", date="|")
    )
    person.photograph("66-sessions")
    rows.get_by_role("button").click()
    expect(rows).to_have_count(1)
    expect(_status(person)).to_contain_text("is logged out")
    other.go("/account/profile")
    other.see(say("shell.account_closed"))
    expect(other.page.locator("header a[href='#log-in']")).to_be_visible()


def test_all_other_browsers_are_logged_out_at_once_and_this_one_is_not(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in("/account/security")
    button = person.page.get_by_role("button", name=say("shell.sessions_end_others"))
    others = [enter("desktop"), enter("phone")]
    for number, other in enumerate(others, start=2):
        other.email = person.email
        other.go("/#log-in")
        other.log_in()
        expect(other.dialog).to_be_hidden()
        person.page.reload()
        expect(person.page.locator(".sessions li")).to_have_count(number)
    button.scroll_into_view_if_needed()
    person.photograph("67-all-others")
    button.click()
    expect(_status(person)).to_have_text(say("sessions.others_ended"))
    expect(person.page.locator(".sessions li")).to_have_count(1)
    expect(button).to_be_hidden()
    for other in others:
        other.go("/account/profile")
        other.see(say("shell.account_closed"))
    person.page.reload()
    expect(person.page.locator(".sessions .current")).to_have_count(1)
    expect(person.page.locator("header .address")).to_have_text(person.email)


def test_a_session_that_ended_elsewhere_asks_for_log_in_and_goes_on(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in("/account/newsletter")
    person.page.context.clear_cookies(name="__Host-session")
    _part(person).get_by_role("button", name=say("shell.subscribe"), exact=True).click()
    expect(person.page.locator(".notice")).to_have_text(say("account.logged_out"))
    person.photograph("67-logged-out")
    _part(person).get_by_role("link", name=say("shell.log_in")).click()
    person.log_in()
    _part(person).get_by_role("button", name=say("shell.subscribe"), exact=True).click()
    person.see(say("shell.newsletter_standing"))


def test_silence_offers_to_try_again(enter: Open) -> None:
    person = enter()
    person.is_signed_in()
    person.page.route("**/api/account/sessions", lambda route: route.abort(), times=1)
    person.go("/account/security")
    person.see(say("wait.no_answer"))
    person.photograph("68-no-answer")
    assert faults(person, "68-no-answer") == []
    _part(person).get_by_role("button", name=say("wait.try_again")).click()
    expect(person.page.locator(".sessions li")).to_have_count(1)


def test_the_account_without_a_part_shows_the_first_one(enter: Open) -> None:
    person = enter()
    person.is_signed_in("/account")
    expect(_part(person).locator("[data-email]")).to_have_text(person.email)
    person.page.wait_for_url(f"**{ACCOUNT}")


def test_the_account_is_used_by_keyboard_alone(enter: Open) -> None:
    person = enter()
    person.is_signed_in()
    _download(person)
    person.go("/account/downloads")
    expect(person.page.locator(".history li")).to_have_count(1)
    keyboard = person.page.keyboard

    def tab_to(name: str) -> None:
        wanted = person.page.get_by_role("button", name=name, exact=True)
        for _ in range(30):
            keyboard.press("Tab")
            if wanted.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError(f"Tab does not reach {name}")

    tab_to(say("shell.downloads_erase"))
    keyboard.press("Enter")
    expect(person.page.locator("#sure")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    person.see(say("shell.downloads_none"))
    expect(person.page.locator("#part-title")).to_be_focused()


def test_a_password_is_reset_by_keyboard_alone(enter: Open) -> None:
    person = enter()
    person.has_account()
    keyboard = person.page.keyboard
    person.page.locator("header a[href='#log-in']").focus()
    keyboard.press("Enter")
    expect(person.dialog.get_by_label(say("shell.email"))).to_be_focused()
    keyboard.type(person.email)
    link = person.dialog.get_by_role("link", name=say("shell.reset"))
    for _ in range(6):
        keyboard.press("Tab")
        if link.evaluate("node => node === document.activeElement"):
            break
    keyboard.press("Enter")
    expect(person.dialog.get_by_label(say("shell.email"))).to_be_focused()
    keyboard.press("Enter")
    expect(person.dialog.get_by_label(say("shell.code"))).to_be_focused()
    keyboard.type(person.site.read_code(person.email, mails=2))
    keyboard.press("Enter")
    expect(person.dialog.get_by_label(say("shell.new_password"), exact=True)).to_be_focused()
    keyboard.type(f"New-{PASSWORD}")
    keyboard.press("Enter")
    expect(person.dialog.get_by_role("heading", level=2)).to_have_text(say("shell.updated_title"))
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(person.dialog.get_by_label(say("shell.password"), exact=True)).to_be_focused()
    keyboard.type(f"New-{PASSWORD}")
    keyboard.press("Enter")
    expect(person.dialog).to_be_hidden()
