"""The whole way, from the catalogue to the file, as a person goes it."""

from playwright.sync_api import expect

from tests.browser.person import DOORSTEP, Open, page_text, say


def test_somebody_new_registers_logs_out_logs_in_and_downloads(enter: Open, size: str) -> None:
    person = enter(size)
    person.go()
    person.photograph("01-catalogue")
    person.page.get_by_role("link", name=say("shell.register"), exact=True).click()
    person.photograph("02-register")
    person.register()
    person.photograph("03-verify")
    person.verify()
    person.photograph("04-done")
    person.close()
    if size == "desktop":
        expect(person.page.locator("header .address")).to_have_text(person.email)
    expect(person.page.locator(".banner")).to_be_hidden()
    person.log_out()
    person.page.locator("header a[href='#log-in']").click()
    person.photograph("05-log-in")
    person.log_in(keep=True)
    expect(person.dialog).to_be_hidden()
    person.page.locator(f"a[href$='{DOORSTEP}']").click()
    person.comes_to_a_video()
    person.photograph("06-video")
    row = person.page.locator("download-list li").last
    row.get_by_role("button", name=page_text("download")).click()
    person.title(say("shell.terms_title"))
    with person.page.expect_download() as download:
        person.accept_terms()
    assert download.value.path().stat().st_size > 0
    expect(row.get_by_role("status")).to_have_text(say("download.started"))
    with person.page.expect_download():
        row.get_by_role("button", name=page_text("download")).click()
    row.scroll_into_view_if_needed()
    person.photograph("07-downloaded")


def test_the_catalogue_leads_to_every_video_by_its_title(enter: Open) -> None:
    person = enter("phone")
    person.go()
    links = person.page.locator(".row h3 a")
    expect(links.first).to_be_visible()
    titles = links.all_inner_texts()
    assert len(titles) >= 3
    for title in titles:
        person.page.get_by_role("link", name=title, exact=True).click()
        expect(person.page.get_by_role("heading", level=1)).to_have_text(title)
        person.page.go_back()


def test_a_download_asked_for_before_log_in_goes_on_after_it(enter: Open) -> None:
    person = enter()
    person.has_account(f"/videos/{DOORSTEP}")
    row = person.page.locator("download-list li").last
    label = row.get_attribute("data-label")
    row.get_by_role("button", name=page_text("download")).click()
    person.see(f"{label}, {row.get_attribute('data-size')}")
    with person.page.expect_download() as download:
        person.log_in()
    assert download.value.path().stat().st_size > 0
    expect(person.page.locator(".notice")).to_have_text(say("download.started"))


def test_a_download_asked_for_before_registering_waits_at_its_end(enter: Open) -> None:
    person = enter("phone")
    person.go(f"/videos/{DOORSTEP}")
    row = person.page.locator("download-list li").last
    label = row.get_attribute("data-label") or ""
    row.get_by_role("button", name=page_text("download")).click()
    person.photograph("08-register-for-a-file")
    person.register()
    person.verify()
    person.photograph("09-done-with-a-file")
    person.press(say("download.button", label=label))
    expect(person.dialog.locator(".error")).to_have_text(say("terms.first"))
    person.dialog.get_by_label(say("shell.terms_accept")).check()
    with person.page.expect_download() as download:
        person.press(say("download.button", label=label))
    assert download.value.path().stat().st_size > 0


def test_a_session_that_ended_elsewhere_asks_for_log_in_and_goes_on(enter: Open) -> None:
    person = enter("desktop")
    person.has_account(f"/videos/{DOORSTEP}#log-in")
    person.log_in()
    expect(person.dialog).to_be_hidden()
    person.page.context.clear_cookies(name="__Host-session")
    person.page.locator("download-list li").last.locator("button.download").click()
    person.see(say("account.logged_out"))
    person.photograph("10-logged-out")
    with person.page.expect_download():
        person.log_in()


def test_a_link_can_be_made_and_copied_with_its_warning(enter: Open) -> None:
    person = enter()
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.has_account(f"/videos/{DOORSTEP}#log-in")
    person.log_in()
    expect(person.dialog).to_be_hidden()
    row = person.page.locator("download-list li").first
    row.locator("summary").click()
    row.get_by_role("button", name=page_text("make_link")).click()
    row.get_by_role("button", name=say("download.copy_link")).click()
    expect(row.get_by_role("status")).to_contain_text("anyone with this link can download")
    copied = person.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{person.site.url}/api/downloads/")
    person.photograph("11-link")


def test_a_download_that_gets_no_answer_says_so_in_its_row(enter: Open) -> None:
    person = enter()
    person.has_account(f"/videos/{DOORSTEP}#log-in")
    person.log_in()
    expect(person.dialog).to_be_hidden()
    person.page.route("**/api/videos/*/downloads", lambda route: route.abort(), times=1)
    row = person.page.locator("download-list li").last
    row.locator("button.download").click()
    expect(row.get_by_role("status")).to_have_text(say("wait.no_answer"))
    with person.page.expect_download():
        row.locator("button.download").click()
