"""The whole way once more where every touch of the browser's storage is an error.

As with Chromium's setting that blocks all cookies for a site, or in a view inside another program:
reading ``localStorage`` itself throws, and a page that does not expect that stops.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.person import DOORSTEP, Open, Person, page_text, say
from tests.browser.test_journey import (
    test_a_download_asked_for_before_registering_waits_at_its_end,
    test_a_session_that_ended_elsewhere_asks_for_log_in_and_goes_on,
    test_somebody_new_registers_logs_out_logs_in_and_downloads,
)
from tests.browser.test_reset import (
    test_a_reset_while_signed_in_logs_this_browser_out,
    test_the_old_password_is_refused_afterwards,
)
from tests.browser.test_terms import (
    test_a_link_goes_on_as_a_link,
    test_the_first_download_asks_for_the_terms_and_the_second_does_not,
    test_whoever_closes_the_terms_is_asked_again,
)

__all__ = [
    "test_a_download_asked_for_before_registering_waits_at_its_end",
    "test_a_link_goes_on_as_a_link",
    "test_a_reset_while_signed_in_logs_this_browser_out",
    "test_a_session_that_ended_elsewhere_asks_for_log_in_and_goes_on",
    "test_somebody_new_registers_logs_out_logs_in_and_downloads",
    "test_the_first_download_asks_for_the_terms_and_the_second_does_not",
    "test_the_old_password_is_refused_afterwards",
    "test_whoever_closes_the_terms_is_asked_again",
]

_THROWS = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, {
    get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
  });
}
"""


@pytest.fixture
def size() -> str:
    """One width: what is stored does not depend on it."""
    return "phone"


@pytest.fixture
def enter(enter: Open) -> Open:
    """Give a person whose browser lets pages store nothing."""

    def without_storage(*place: str, **more: object) -> Person:
        person = enter(*place, **more)
        person.page.context.add_init_script(_THROWS)
        return person

    return without_storage


def test_a_download_goes_on_after_log_in_though_the_browser_is_not_known(enter: Open) -> None:
    person = enter("desktop")
    person.has_account(f"/videos/{DOORSTEP}")
    row = person.page.locator("download-list li").last
    row.get_by_role("button", name=page_text("download")).click()
    # Nothing tells that somebody has an account here, so the way to a new one comes first.
    person.title(say("shell.register_title"))
    person.dialog.get_by_role("link", name=say("shell.log_in")).click()
    with person.page.expect_download() as download:
        person.log_in()
    assert download.value.path().stat().st_size > 0
    expect(person.page.locator(".notice")).to_have_text(say("download.started"))
