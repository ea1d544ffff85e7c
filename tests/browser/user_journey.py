"""Somebody who needs a mailed code, to register or for a new password, in either language."""

from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.browser.person import NEW_PASSWORD, PASSWORD, Person, say, say_part

Kind = Literal["registration", "reset"]


@dataclass(frozen=True)
class Errand:
    """A person, and what the code is for."""

    person: Person
    kind: Kind

    @property
    def page(self) -> Page:
        """The tab in which the errand began."""
        return self.person.page

    @property
    def error(self) -> Locator:
        """What stands above the field."""
        return self.person.dialog.locator(".error")

    @property
    def stopped(self) -> Locator:
        """What stands instead of the field when no code can be entered any more."""
        return self.person.dialog.locator(".stopped")

    @property
    def resend(self) -> Locator:
        """The button [Send new Code], which also counts down."""
        return self.person.dialog.locator("wait-button button")

    @property
    def start_route(self) -> str:
        """Where the errand is started."""
        return "**/api/registrations" if self.kind == "registration" else "**/api/password-resets"

    @property
    def check_route(self) -> str:
        """Where the code is sent to."""
        return "**/confirm" if self.kind == "registration" else "**/verify"

    def open(self) -> None:
        """Open the form that starts the errand, on one's way from the catalogue."""
        self.person.go()
        self.page.locator("header a[href='#log-in']").click()
        way = "shell.register_title" if self.kind == "registration" else "shell.reset"
        self.person.dialog.get_by_role("link", name=say(way)).click()

    def fill_in(self) -> None:
        """Fill that form in; whoever resets has an account."""
        self.person.dialog.get_by_label(say("shell.email")).fill(self.person.email)
        if self.kind == "registration":
            self.person.dialog.get_by_label(say("shell.password"), exact=True).fill(PASSWORD)
        else:
            self.person.site.open_account(self.person.email, PASSWORD, accept_terms=False)

    def send(self) -> None:
        """Press the button of that form."""
        registration = self.kind == "registration"
        self.person.press(say("shell.register_submit" if registration else "shell.reset_submit"))

    def begin(self) -> None:
        """Come to the step that waits for the code."""
        self.open()
        self.fill_in()
        # The page looks at once; a look that is under way would not know of time that is let pass.
        with self.page.expect_response(f"{self.start_route}/*"):
            self.send()
        self.person.title(say("shell.verify_title"))

    def codes(self, count: int = 1) -> list[str]:
        """Return the codes mailed for this errand, newest first, once there are so many."""
        # A reset has an account, which a code has opened.
        before = 0 if self.kind == "registration" else 1
        return self.person.site.read_codes(self.person.email, mails=count + before)[:count]

    def end(self, code: str | None = None) -> None:
        """Enter the code and come to the end: an account, or a new password."""
        if code:
            self.person.enter_code(code)
        if self.kind == "registration":
            self.person.title(say("shell.done_title"))
        else:
            self.person.set_password(NEW_PASSWORD)
            self.person.title(say("shell.updated_title"))

    def wrong(self, code: str, by: int = 1) -> str:
        """Return a code that is not the right one."""
        return f"{(int(code) + by) % 1_000_000:06}"

    def counts_down(self) -> None:
        """Expect that a new code has to be waited for."""
        expect(self.resend).to_contain_text(say_part("verify.resend_wait"))

    def send_new_code(self) -> None:
        """Press [Send new Code], which may be pressed now."""
        expect(self.resend).to_have_text(say("shell.resend"))
        self.resend.click()
