"""Everything can be done without a mouse, in the order in which one reads."""

from playwright.sync_api import expect

from tests.browser.person import DOORSTEP, NEW_PASSWORD, PASSWORD, Open, Person, new_address, say


def _tab_to(person: Person, selector: str, *, most: int = 40) -> None:
    for _ in range(most):
        person.page.keyboard.press("Tab")
        if person.page.evaluate(f"document.activeElement?.matches({selector!r}) ?? false"):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def test_an_account_is_made_and_used_by_keyboard_alone(enter: Open) -> None:
    person = enter()
    keyboard = person.page.keyboard
    person.go()
    keyboard.press("Tab")
    expect(person.page.get_by_role("link", name=say("shell.skip_videos"))).to_be_focused()
    _tab_to(person, "a[href='#register']")
    keyboard.press("Enter")
    expect(person.dialog.get_by_label(say("shell.email"))).to_be_focused()
    keyboard.type(person.email)
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    expect(person.dialog.get_by_label(say("shell.code"))).to_be_focused()
    keyboard.type(person.site.read_code(person.email))
    keyboard.press("Enter")
    expect(person.dialog.get_by_role("heading", level=2)).to_be_focused()
    person.title(say("shell.done_title"))
    keyboard.press("Escape")
    expect(person.dialog).to_be_hidden()
    _tab_to(person, ".row a")
    keyboard.press("Enter")
    person.comes_to_a_video()
    _tab_to(person, "download-list button.download", most=60)
    keyboard.press("Enter")
    person.title(say("shell.terms_title"))
    expect(person.dialog.locator(".text-box p").first).to_be_visible()
    _tab_to(person, "dialog [data-accept]")
    with person.page.expect_download() as download:
        keyboard.press("Enter")
    download.value.cancel()


def _presses(person: Person, selector: str) -> None:
    _tab_to(person, selector)
    person.page.keyboard.press("Enter")


def test_keys_password_address_and_the_account_itself_are_kept_by_keyboard_alone(
    enter: Open,
) -> None:
    person = enter()
    person.is_signed_in("/account/security")
    keyboard, page = person.page.keyboard, person.page
    page.locator("#part-title").focus()
    _presses(person, "[data-section=password] [data-begin] button")
    expect(page.locator("#old-password")).to_be_focused()
    keyboard.type(PASSWORD)
    _tab_to(person, "#new-password")
    keyboard.type(NEW_PASSWORD)
    keyboard.press("Enter")
    expect(page.locator("account-page > .status")).to_have_text(say("password.changed"))
    # The form is gone with all that the part showed; what takes its place begins at its heading.
    expect(page.locator("#part-title")).to_be_focused()
    _presses(person, "[data-section=email] [data-begin] button")
    address = new_address()
    keyboard.type(address)
    _tab_to(person, "#email-password")
    keyboard.type(NEW_PASSWORD)
    keyboard.press("Enter")
    expect(page.locator("#email-code")).to_be_focused()
    keyboard.type(person.site.read_code(address))
    keyboard.press("Enter")
    expect(page.locator("header .address")).to_have_text(address)
    expect(page.locator("#part-title")).to_be_focused()
    _presses(person, "[data-section=keys] [data-begin] button")
    keyboard.type("Playout")
    _tab_to(person, "#key-password")
    keyboard.type(NEW_PASSWORD)
    keyboard.press("Enter")
    expect(page.locator("#made-key")).to_be_focused()
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    expect(page.locator("#keys-title")).to_be_focused()
    person.go("/account/data")
    page.locator("#part-title").focus()
    _presses(person, "[data-section=deletion] [data-begin] button")
    expect(page.locator("#sure")).to_be_focused()
    _tab_to(person, "#delete-password")
    keyboard.type(NEW_PASSWORD)
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name=say("shell.account_closed"))).to_be_focused()


def test_escape_closes_keeps_the_address_and_returns_the_focus(enter: Open) -> None:
    person = enter()
    person.go()
    link = person.page.get_by_role("link", name=say("shell.register"), exact=True)
    link.focus()
    person.page.keyboard.press("Enter")
    person.dialog.get_by_label(say("shell.email")).fill("anna@newsroom.example")
    person.page.keyboard.press("Escape")
    expect(person.dialog).to_be_hidden()
    expect(link).to_be_focused()
    person.page.keyboard.press("Enter")
    expect(person.dialog.get_by_label(say("shell.email"))).to_have_value("anna@newsroom.example")


def test_tab_stays_in_the_dialog_or_the_browser(enter: Open) -> None:
    person = enter()
    person.go("/#log-in")
    expect(person.dialog).to_be_visible()
    for _ in range(20):
        person.page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || "
        inside += "document.querySelector('dialog').contains(document.activeElement)"
        assert person.page.evaluate(inside)


def test_a_click_outside_does_not_close_the_dialog(enter: Open) -> None:
    person = enter()
    person.go("/#register")
    expect(person.dialog).to_be_visible()
    person.page.mouse.click(10, 400)
    expect(person.dialog).to_be_visible()


def test_the_terms_have_a_ring_where_tab_reaches_them_to_scroll(enter: Open) -> None:
    person = enter()
    person.is_signed_in(f"/videos/{DOORSTEP}", accept_terms=False)
    person.page.locator("download-list button.download").last.click()
    terms = person.dialog.locator(".text-box")
    expect(terms.locator("p").first).to_be_visible()
    _tab_to(person, "dialog .text-box")
    expect(terms).to_have_css("outline-style", "solid")


def test_a_text_that_a_script_goes_to_has_no_ring(enter: Open) -> None:
    person = enter()
    person.go("/not-me")
    text = person.page.get_by_text(say("shell.not_me_broken"))
    expect(text).to_be_focused()
    expect(text).to_have_css("outline-style", "none")


def test_player_keys_play_and_step(enter: Open) -> None:
    person = enter()
    person.go(f"/videos/{DOORSTEP}")
    video = person.page.locator("media-player video")
    video.focus()
    person.page.keyboard.press("Space")
    person.until("() => document.querySelector('video').currentTime > 0.2")
    person.page.keyboard.press("Space")
    person.until("() => document.querySelector('video').paused")
    before = person.page.evaluate("document.querySelector('video').currentTime")
    person.page.keyboard.press(".")
    person.until(
        "(before) => Math.abs(document.querySelector('video').currentTime - before - 0.04) < 0.01",
        before,
    )
    person.page.keyboard.press(",")
    person.until(
        "(before) => Math.abs(document.querySelector('video').currentTime - before) < 0.01",
        before,
    )


def test_skip_links_lead_to_player_downloads_and_transcript(enter: Open) -> None:
    person = enter()
    person.go(f"/videos/{DOORSTEP}")
    for target in ("player", "downloads", "transcript"):
        person.page.locator(f".skips a[href='#{target}']").focus()
        person.page.keyboard.press("Enter")
        expect(person.page.locator(f"#{target}")).to_be_focused()
