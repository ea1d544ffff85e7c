"""The journeys that accounts live by, in Firefox too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import missing
from tests.browser.firefox import Firefox, NoFirefoxError
from tests.browser.person import NEW_PASSWORD, PASSWORD, Site, new_address, say

NO_COOKIES: dict[str, object] = {"network.cookie.cookieBehavior": 2}
"""Firefox's own setting "Block all cookies", which refuses storage with them."""
NO_STORAGE: dict[str, object] = {"dom.storage.enabled": False}
"""``localStorage`` is null."""


@pytest.fixture
def firefox(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Firefox]:
    """Start Firefox with the settings of the test."""
    try:
        with Firefox(tmp_path, dict(getattr(request, "param", {}))) as browser:
            yield browser
    except NoFirefoxError as error:
        missing(str(error))


def _register(firefox: Firefox, site: Site, email: str) -> None:
    firefox.go(f"{site.url}/#register")
    firefox.type("dialog #email", email)
    firefox.type("dialog #password", PASSWORD)
    firefox.press("dialog [type=submit]")
    firefox.see(say("shell.verify_title"))
    firefox.type("dialog #code", site.read_code(email))
    firefox.press("dialog [type=submit]")


def _reset(firefox: Firefox, site: Site, email: str) -> None:
    firefox.go(f"{site.url}/help#reset")
    firefox.type("dialog #email", email)
    firefox.press("dialog [type=submit]")
    firefox.see(say("shell.verify_title"))
    firefox.type("dialog #code", site.read_codes(email, mails=2)[0])
    firefox.press("dialog [type=submit]")
    firefox.type("dialog #password", NEW_PASSWORD)
    firefox.press("dialog [type=submit]")
    firefox.see(say("shell.updated_title"))


@pytest.mark.parametrize("firefox", [{}, NO_STORAGE], indirect=True, ids=["usual", "no storage"])
def test_one_registers_logs_out_resets_the_password_and_logs_in(
    firefox: Firefox, site: Site
) -> None:
    email = new_address()
    _register(firefox, site, email)
    firefox.see(say("shell.done_title"))
    firefox.press("dialog [data-close]")
    firefox.see(email)
    firefox.press("header button[data-for=signed-in]")
    firefox.see(say("account.log_out_done"))
    _reset(firefox, site, email)
    firefox.press("dialog [data-return]")
    firefox.type("dialog #email", email)
    firefox.type("dialog #password", NEW_PASSWORD)
    firefox.press("dialog [type=submit]")
    firefox.see(email)


@pytest.mark.parametrize("firefox", [NO_COOKIES], indirect=True)
def test_whoever_blocks_all_cookies_is_told_after_the_code_and_at_log_in(
    firefox: Firefox, site: Site
) -> None:
    email = new_address()
    _register(firefox, site, email)
    firefox.see(say("verify.no_cookies"))
    firefox.see(say("log_in.no_cookies_local"))
    firefox.press("dialog a[href='#log-in']")
    firefox.type("dialog #email", email)
    firefox.type("dialog #password", PASSWORD)
    firefox.press("dialog [type=submit]")
    firefox.see(say("log_in.no_cookies_local"))
