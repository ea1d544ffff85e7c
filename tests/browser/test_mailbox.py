"""The local mailbox shows of each mail its own body, also once the oldest mails are forgotten."""

from playwright.sync_api import Route, expect

from tests.browser.person import Open


def _mail(number: int) -> dict[str, object]:
    return {
        "number": number,
        "to": f"person-{number}@newsroom.example",
        "subject": f"Mail {number}",
        "text": f"Text of mail {number}",
        "html": f"<p>Body of mail {number}</p>",
        "headers": {"From": "codes@newsreel.test"},
        "received_at": "2026-11-27T10:00:00.000+00:00",
    }


def _body(route: Route) -> None:
    number = route.request.url.rpartition("/")[2].removesuffix(".html")
    route.fulfill(content_type="text/html", body=f"<p>Body of mail {number}</p>")


def test_a_mail_shows_its_own_body_once_older_ones_are_forgotten(enter: Open) -> None:
    person = enter()
    kept = [_mail(1351), _mail(1350)]
    person.page.route("**/mailbox/messages.json", lambda route: route.fulfill(json=kept))
    person.page.route("**/mailbox/messages/*.html", _body)
    person.page.goto(person.site.mailbox_url)
    for number in (1350, 1351):
        person.page.get_by_role("button", name=f"Mail {number}").click()
        expect(person.page.locator("#to")).to_have_text(f"person-{number}@newsroom.example")
        shown = person.page.frame_locator("#html").locator("p")
        expect(shown).to_have_text(f"Body of mail {number}")
