"""Password, address and access keys on the account page, and the page that undoes a change."""

from playwright.sync_api import Locator, Route, expect

from tests.browser.person import NEW_PASSWORD, PASSWORD, Open, Person, new_address, say, say_part

WRONG = "Wrong-Kestrel-2026"


def _section(person: Person, name: str) -> Locator:
    return person.page.locator(f"[data-section={name}]")


def _opened(person: Person, name: str) -> Locator:
    """Open a section's form and return it."""
    section = _section(person, name)
    section.locator("[data-begin] button").click()
    return section.locator("form.asking")


def _expect_status(person: Person, key: str, **values: object) -> None:
    expect(person.page.locator("account-page > .status")).to_have_text(say(key, **values))


def test_who_knows_the_password_changes_it_and_stays_logged_in(enter: Open, size: str) -> None:
    person = enter(size)
    person.is_signed_in("/account/security")
    form = _opened(person, "password")
    form.locator("[name=current_password]").fill(WRONG)
    form.locator("[name=new_password]").fill(NEW_PASSWORD)
    form.locator("[type=submit]").click()
    expect(form.locator(".error")).to_have_text(say("data.wrong_password"))
    person.photograph("80-wrong-password")
    form.locator("[name=current_password]").fill(PASSWORD)
    form.locator("[type=submit]").click()
    _expect_status(person, "password.changed")
    person.log_out()
    link = person.page.locator("account-page .part").get_by_role("link", name=say("shell.log_in"))
    link.click()
    person.log_in(NEW_PASSWORD)


def test_another_address_is_proved_and_undone_from_the_one_before(enter: Open) -> None:
    person = enter("phone")
    person.is_signed_in("/account/security")
    before, address = person.email, new_address()
    code = _asks_for(person, address)
    person.page.reload()  # the page goes on waiting for the code
    code.locator("[name=code]").fill(person.site.read_code(address))
    person.photograph("81-new-address")
    code.locator("[type=submit]").click()
    _expect_status(person, "email_change.done")
    expect(_section(person, "email").locator("[data-email]")).to_have_text(address)
    assert before != address
    person.go("/undo#" + "0" * 32 + "." + "A" * 43)
    person.page.get_by_role("button", name=say("shell.undo"), exact=True).click()
    expect(person.page.locator("[data-for=broken]")).to_be_visible()
    person.photograph("82-undo-over")


def _asks_for(person: Person, address: str) -> Locator:
    """Ask for another address and return the form that waits for its code."""
    form = _opened(person, "email")
    form.locator("[name=new_email]").fill(address)
    form.locator("[name=current_password]").fill(PASSWORD)
    form.locator("[type=submit]").click()
    code = _section(person, "email").locator("form.code")
    expect(code.locator(".address")).to_have_text(address)
    return code


def test_a_second_change_of_address_learns_of_its_mail_as_the_first_did(enter: Open) -> None:
    person = enter()
    person.is_signed_in("/account/security")
    code = _asks_for(person, new_address())
    code.locator("[data-no]").click()
    answers = [502, 200]

    def tell(route: Route) -> None:
        if answers and answers.pop(0) == 502:
            route.fulfill(status=599, content_type="text/html", body="<html>Bad gateway</html>")
        else:
            answer = route.fetch()
            route.fulfill(response=answer, json={**answer.json(), "delivery": "delivered"})

    person.page.route("**/api/account/email-changes/*", tell)
    code = _asks_for(person, new_address())
    # After a fault of the first look the second one tells it.
    delivered = say_part("verify.delivery.delivered")
    expect(code.locator(".delivery")).to_contain_text(delivered, timeout=30_000)


def test_whoever_logs_in_next_in_a_tab_sees_no_address_that_the_one_before_waited_for(
    enter: Open,
) -> None:
    person = enter()
    person.is_signed_in("/account/security")
    address = new_address()
    _asks_for(person, address)
    person.log_out()
    person.email = new_address()
    person.is_signed_in("/account/security")
    expect(_section(person, "email").locator("[data-begin] button")).to_be_visible()
    expect(person.page.locator("account-page")).not_to_contain_text(address)


def test_an_access_key_is_shown_once_and_ended(enter: Open, size: str) -> None:
    person = enter(size)
    person.is_signed_in("/account/security")
    form = _opened(person, "keys")
    form.locator("[name=name]").fill("Playout")
    form.locator("[name=current_password]").fill(PASSWORD)
    form.locator("[type=submit]").click()
    key = _section(person, "keys").locator("#made-key")
    expect(key).to_be_visible()
    assert key.input_value().startswith("nrk_")
    person.photograph("83-access-key")
    person.page.reload()
    expect(key).to_be_hidden()
    _section(person, "keys").get_by_role(
        "button", name=say("keys.end", name="Playout"), exact=True
    ).click()
    _expect_status(person, "keys.ended", name="Playout")
