"""Opens the installed Chromium on the local stack and watches everything it does there."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import pytest
from newsreel.texts import messages
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from infra.local.chromium import NoChromiumError, find_chromium
from tests.browser.passing_time import LocalTable
from tests.browser.person import Open, Person, Site, speaking
from tests.browser.switches import switches
from tests.support.order import begin_with

PROJECT = Path(__file__).resolve().parents[2]
PICTURES = os.environ.get("NEWSREEL_PICTURES")
"""A folder for pictures of what tests see; without it none are taken."""
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}
MILLISECONDS = 15_000
# What mostly waits comes apart: three such files at once would leave the processor idle.
_LONGEST = (
    "test_lighthouse",
    "test_flows",
    "test_accessibility",
    "test_newsletter",
    "test_troubles",
    "test_firefox",
    "test_reset",
    "test_account",
    "test_accessibility_of_states",
    "test_waves",
    "test_text_pages",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    begin_with(_LONGEST, items)


def missing(what: str) -> NoReturn:
    """Fail in CI; elsewhere skip, saying what to do."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def site() -> Site:
    """Where the local stack is, as it says itself."""
    file = PROJECT / ".local" / "stack.json"
    if not file.exists():
        missing("There is no local stack: run `make up`.")
    stack = json.loads(file.read_text())
    table = LocalTable(stack["aws_endpoint_url"], stack["outputs"]["AccountsTable"])
    return Site(stack["site_url"], stack["mailbox_url"], table)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the Chromium of this machine is."""
    try:
        return find_chromium()
    except NoChromiumError as error:
        missing(str(error))


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium, started once."""
    # Two cores run the whole of AWS beside the browser.
    expect.set_options(timeout=MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=switches())
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a browser did that nobody should ever see."""

    origin: str
    complaints: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        """Watch a page from now on."""
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        page.on("request", lambda request: self._request(request.url))
        page.on("response", lambda response: self._response(response.status, response.url))

    def _console(self, kind: str, text: str) -> None:
        # The browser logs every answer of 400 and more; statuses are judged in _response.
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {text}")

    def _request(self, url: str) -> None:
        place = urlsplit(url)
        if place.scheme not in {"data", "blob"} and f"{place.scheme}://{place.netloc}" != (
            self.origin
        ):
            self.complaints.append(f"request elsewhere: {place.netloc}")

    def _response(self, status: int, url: str) -> None:
        if status >= 500 and status != 599:
            self.complaints.append(f"status {status}: {urlsplit(url).path}")


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """Fail the test for a console error, a policy violation, a fault, a request elsewhere."""
    watch = Watch(site.url)
    yield watch
    assert watch.complaints == []


@pytest.fixture
def enter(browser: Browser, site: Site, watch: Watch) -> Iterator[Open]:
    """Give a new person with a browser of their own: ``enter("phone", scheme="dark")``."""
    contexts: list[BrowserContext] = []

    def enter(
        size: str = "desktop",
        *,
        scheme: str = "light",
        zone: str = "Europe/Brussels",
        **more: object,
    ) -> Person:
        width, height = SIZES.get(size, (320, 640))
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            has_touch=size != "desktop",
            is_mobile=size != "desktop",
            base_url=site.url,
            timezone_id=zone,
            **more,  # type: ignore[arg-type]
        )
        context.set_default_timeout(MILLISECONDS)
        context.on("page", watch.on)
        contexts.append(context)
        pictures = Path(PICTURES) / f"{size}-{scheme}" if PICTURES else None
        return Person(context.new_page(), site, pictures)

    spoken = speaking.get()
    yield enter
    for context in contexts:
        context.close()
    # Whatever a test that failed had left: the next one starts as this one did.
    speaking.set(spoken)


@pytest.fixture(params=["phone", "desktop"])
def size(request: pytest.FixtureRequest) -> str:
    """Each width that people have."""
    return str(request.param)


@pytest.fixture(params=messages.LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Have everybody read each language."""
    token = speaking.set(request.param)
    yield request.param
    speaking.reset(token)
