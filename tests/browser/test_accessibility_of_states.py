"""axe-core finds nothing serious in any state that a screen can come to, and all words fit.

The screens themselves are looked at in both languages (test_accessibility.py); their states in
French, whose words are longer: on a phone in the dark and on a desktop in the light.
"""

import json
from collections.abc import Callable, Iterator

import pytest
from newsreel.pages.render import PageContext, WithdrawnVideo, render_withdrawn
from playwright.sync_api import Locator, Route, expect

from tests.browser.person import DOORSTEP, PASSWORD, Open, Person, say, say_part, speaking
from tests.browser.test_accessibility import faults, too_wide, viewport

Tour = Callable[[Person], Iterator[str]]
MARK = "<!-- newsreel:main -->"
WITHDRAWN = WithdrawnVideo(
    video_id="2026-02-14-munich-doorstep",
    title="2026-02-14_SECGEN_MUNICH_DOORSTEP_XDCAM_HD422_1080i50_CLEAN_FEED",
    location="München",
    recorded_at="2026-02-14T10:00:00Z",
    withdrawn_at="2026-02-15T10:00:00Z",
    note="The name of the speaker was wrong.",
)


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    """Have everybody here read French."""
    token = speaking.set("fr")
    yield
    speaking.reset(token)


def _refuse(person: Person, route: str, status: int, **problem: object) -> None:
    """Have a route answer once with a problem."""
    kind, body = "application/problem+json", json.dumps({"status": status, **problem})
    person.page.route(
        route, lambda asked: asked.fulfill(status=status, content_type=kind, body=body), times=1
    )


def _goes(person: Person, path: str, shown: str) -> None:
    """Open a path and wait until something is seen there."""
    person.page.goto("about:blank")
    person.go(path)
    expect(person.page.locator(shown).first).to_be_visible()


def _follows_links_of_mails(person: Person) -> Iterator[str]:
    page = person.page
    main = page.get_by_role("main")

    def press(key: str, shown: Locator) -> None:
        main.get_by_role("button", name=say(key), exact=True).click()
        expect(shown).to_be_visible()

    _goes(person, "/unsubscribe#cut", "main [data-for=broken]")
    yield "unsubscribe-broken"
    _goes(person, f"/unsubscribe#{'a' * 43}", "main [data-for=whole] button")
    yield "unsubscribe"
    told = "La lettre d’information ne vous est plus envoyée."
    page.route("**/api/newsletter/*/*", lambda route: route.fulfill(json={"message": told}))
    press("shell.unsubscribe", page.get_by_text(told))
    yield "unsubscribed"
    _goes(person, f"/unsubscribe#{'b' * 43}", "main [data-for=whole] button")
    _refuse(person, "**/api/newsletter/*/*", 404, code="no_such_subscription")
    press("shell.unsubscribe", page.locator("main [data-for=broken]"))
    yield "unsubscribe-spent"
    _goes(person, "/not-me#cut", "main [data-for=broken]")
    yield "not-me-broken"
    state: dict[str, str | None] = {"flow": "registration", "muted_until": None}
    page.route("**/api/not-me/*", lambda route: route.fulfill(json=state))
    _goes(person, f"/not-me#k1.{'a' * 60}", "main [data-for=flow]")
    yield "not-me-flow"
    state["muted_until"] = "2026-02-15T10:00:00Z"
    press("shell.not_me_button", page.locator("main [data-for=muted]"))
    yield "not-me-muted"
    state |= {"flow": None, "muted_until": None}
    press("shell.not_me_undo", page.locator("main [data-for=notice]"))
    yield "not-me-notice"
    _goes(person, "/undo#cut", "main [data-for=broken]")
    yield "undo-broken"
    _goes(person, f"/undo#{'0' * 32}.{'a' * 43}", "main [data-for=whole] button")
    yield "undo"
    page.route("**/api/email-changes/undo/*", lambda route: route.fulfill(status=204))
    press("shell.undo", page.locator("main [data-for=done]"))
    yield "undone"


def _finds_a_video_withdrawn(person: Person) -> Iterator[str]:
    def withdraw(route: Route) -> None:
        answer = route.fetch()
        before, _, rest = answer.text().partition("<main")
        context = PageContext("fr", person.site.url, "NATO")
        shell = f"{before}{MARK}{rest.partition('</main>')[2]}"
        route.fulfill(response=answer, body=render_withdrawn(shell, WITHDRAWN, context))

    person.page.route("**/fr/videos/withdrawn", withdraw)
    _goes(person, "/videos/withdrawn", "main strong")
    yield "withdrawn"


def _keeps_the_account(person: Person) -> Iterator[str]:
    page = person.page
    person.is_signed_in("/account/security")

    def section(name: str) -> Locator:
        return page.locator(f"[data-section={name}]")

    def opens(name: str) -> Locator:
        section(name).locator("[data-begin] button").click()
        form = section(name).locator("[data-begin] + form")
        form.locator("[type=submit]").click()
        expect(form.locator(".error").first).to_be_visible()
        return form

    opens("password")
    opens("email")
    opens("keys")
    yield "security-errors"
    form = section("keys").locator("form.asking")
    form.locator("[name=name]").fill("Régie de diffusion")
    form.locator("[name=current_password]").fill(PASSWORD)
    form.locator("[type=submit]").click()
    expect(page.locator("#made-key")).to_be_visible()
    form = section("email").locator("form.asking")
    form.locator("[name=new_email]").fill(f"new-{person.email}")
    form.locator("[name=current_password]").fill(PASSWORD)
    form.locator("[type=submit]").click()
    code = section("email").locator("form.code")
    code.locator("[name=code]").fill("12345")
    code.locator("[type=submit]").click()
    expect(code.locator(".error")).to_be_visible()
    yield "security-key-and-code"
    _goes(person, "/account/journal", ".journal li")
    yield "journal"
    _goes(person, "/account/data", "[data-section=deletion] button")
    yield "data"
    opens("deletion")
    yield "deletion-errors"
    page.route("**/api/account/export*", lambda route: route.abort())
    page.locator("[data-export] button").click()
    expect(page.locator(".part .trouble")).to_be_visible()
    yield "export-no-answer"


def _loses_the_session(person: Person) -> Iterator[str]:
    person.is_signed_in(f"/videos/{DOORSTEP}", accept_terms=False)
    person.page.locator("download-list button.download").last.click()
    expect(person.dialog.locator(".text-box p").first).to_be_visible()
    person.page.context.clear_cookies(name="__Host-session")
    person.dialog.locator("[data-accept]").click()
    expect(person.dialog.locator(".why")).to_have_text(say("account.logged_out"))
    yield "dialog: log-in because the session ended"
    _goes(person, "/account/newsletter", ".part a[href='#log-in']")
    yield "account-without-cookies"
    _refuse(person, "**/api/sessions", 429, code="too_many_requests", retry_in=900)
    _goes(person, "/#log-in", "dialog")
    person.log_in()
    expect(person.dialog.locator(".error")).to_contain_text(say_part("log_in.waits"))
    yield "dialog: log-in waits"


def _waits_for_a_code(person: Person) -> Iterator[str]:
    page = person.page
    page.clock.install()
    person.go(f"/videos/{DOORSTEP}")
    page.locator("download-list button.download").last.click()
    expect(person.dialog.locator(".pending-download")).to_be_visible()
    yield "dialog: register with a file"
    _refuse(person, "**/api/registrations", 422, code="password_rejected", errors=[])
    person.dialog.get_by_label(say("shell.email")).fill(person.email)
    person.dialog.get_by_label(say("shell.password"), exact=True).fill(PASSWORD)
    person.press(say("shell.register_submit"))
    expect(person.dialog.locator(".error")).to_be_visible()
    yield "dialog: password rejected"
    person.register()
    page.route("**/confirm", lambda route: route.abort(), times=1)
    person.enter_code("000000")
    expect(person.dialog.locator(".trouble")).to_be_visible()
    yield "dialog: code without an answer"
    flow = page.evaluate("() => JSON.parse(localStorage.getItem('newsreel.flows'))[0].id")
    look = page.evaluate("async id => (await fetch(`/api/registrations/${id}`)).json()", flow)
    page.route(f"**/api/registrations/{flow}", lambda route: route.fulfill(json=look))
    look["delivery"] = "bounced"
    page.clock.fast_forward(5_000)
    expect(person.dialog.locator(".delivery.failed")).to_be_visible()
    yield "dialog: mail came back"
    _refuse(person, "**/confirm", 410, code="code_spent")
    person.enter_code("000000")
    expect(person.dialog.locator(".stopped")).to_be_visible()
    yield "dialog: code spent"
    look |= {"code_format": "base32_10", "delivery": "pending", "resend_in": 0}
    page.route("**/code", lambda route: route.fulfill(status=202, json=look), times=1)
    person.wait(61)
    person.press(say("shell.resend"))
    person.see(say("verify.long_code"))
    yield "dialog: long code"
    _refuse(person, "**/code", 429, code="too_many_requests", retry_in=1200)
    person.wait(61)
    person.press(say("shell.resend"))
    expect(person.dialog.locator(".limit")).to_be_visible()
    yield "dialog: no more codes for now"
    person.dialog.get_by_role("link", name=say("shell.log_in")).click()
    expect(person.dialog.locator(".waiting")).to_be_visible()
    yield "dialog: log-in beside a code that is awaited"
    person.dialog.locator(".waiting button").click()
    _refuse(person, "**/confirm", 410, code="registration_finished")
    person.enter_code("0000000000")
    person.title(say("verify.finished"))
    yield "dialog: finished already"


TOURS = [
    _follows_links_of_mails,
    _finds_a_video_withdrawn,
    _keeps_the_account,
    _loses_the_session,
    _waits_for_a_code,
]


@pytest.mark.parametrize("tour", TOURS)
def test_every_state_suits_everybody(enter: Open, tour: Tour) -> None:
    person = enter("phone")
    found: dict[str, list[str]] = {}
    for screen in tour(person):
        within = "dialog" if screen.startswith("dialog: ") else None
        name = screen.removeprefix("dialog: ").replace(" ", "-")
        found[screen] = [*faults(person, name, within=within), *too_wide(person, name)]
        person.page.set_viewport_size(viewport("phone"))
    assert {screen: faulty for screen, faulty in found.items() if faulty} == {}
