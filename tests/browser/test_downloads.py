"""A download that breaks off is finished from the browser's own list, while its address lives."""

import hashlib
import json
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests
from newsreel.texts import messages
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MILLISECONDS, Watch
from tests.browser.person import DOORSTEP, Open, Person, Site, page_text
from tests.browser.switches import switches
from tests.support.cuttable_proxy import Line, lay_line

LARGE = 64 * 1024 * 1024
HELD = LARGE // 2
IN_HAND = 64 * 1024


@dataclass(frozen=True)
class Newcomer:
    """Somebody whose browser keeps files in a folder, as everybody's does, behind a line."""

    person: Person
    line: Line
    folder: Path

    def list_downloads(self) -> Page:
        """Open the browser's own list of downloads."""
        page = self.person.page.context.new_page()
        page.goto("chrome://downloads")
        return page

    def wait(self, until: Callable[[], bool]) -> None:
        """Let the browser work until something is so."""
        last = time.monotonic() + MILLISECONDS / 1000
        while not until():
            assert time.monotonic() < last, "it never came to that"
            self.person.page.wait_for_timeout(50)

    def part(self) -> int:
        """Return how many bytes of a file that is not whole lie in the folder."""
        return sum(file.stat().st_size for file in self.folder.glob("*.crdownload"))


@pytest.fixture
def newcomer(
    browser: Browser, chromium: str, site: Site, watch: Watch, tmp_path: Path
) -> Iterator[Newcomer]:
    """A browser with a profile of its own."""
    folder, profile = tmp_path / "downloads", tmp_path / "profile"
    settings = {"download": {"default_directory": str(folder), "prompt_for_download": False}}
    (profile / "Default").mkdir(parents=True)
    (profile / "Default" / "Preferences").write_text(json.dumps(settings))
    with lay_line(site.url) as line:
        context = browser.browser_type.launch_persistent_context(
            profile,
            executable_path=chromium,
            args=switches(),
            base_url=site.url,
            proxy={"server": line.url, "bypass": "<-loopback>"},
        )
        context.set_default_timeout(MILLISECONDS)
        page = context.new_page()
        watch.on(page)
        # Playwright takes each download away and has no list of them; a person's browser has.
        devtools = context.new_cdp_session(page)
        devtools.send("Browser.setDownloadBehavior", {"behavior": "default"})
        yield Newcomer(Person(page, site, None), line, folder)
        context.close()


def _large_file(site: Site) -> dict[str, Any]:
    video = requests.get(f"{site.url}/api/videos/{DOORSTEP}", timeout=30).json()
    (file,) = [one for one in video["renditions"] if one["size_bytes"] >= LARGE]
    return {"sha256": {c["algorithm"]: c["value"] for c in file["checksums"]}["SHA256"], **file}


def test_a_download_that_broke_off_goes_on_from_the_browsers_own_list(
    newcomer: Newcomer, site: Site
) -> None:
    file, line = _large_file(site), newcomer.line
    newcomer.person.is_signed_in(f"/videos/{DOORSTEP}")
    row = newcomer.person.page.locator(f"download-list li[data-rendition='{file['rendition_id']}']")
    line.hold_each_at(HELD)
    row.get_by_role("button", name=page_text("download")).click()
    line.wait_until_held()
    newcomer.wait(lambda: newcomer.part() > HELD - IN_HAND)
    line.cut()
    downloads = newcomer.list_downloads()
    # The list's buttons have the machine's language.
    downloads.locator("#more-actions").click()
    there = newcomer.part()
    assert [one.range for one in line.for_bytes] == [None]
    downloads.locator("#pause-or-resume").click()
    target = newcomer.folder / file["file_name"]
    newcomer.wait(target.exists)
    with target.open("rb") as content:
        assert hashlib.file_digest(content, "sha256").hexdigest() == file["sha256"]
    assert target.stat().st_size == file["size_bytes"]
    assert [(one.status, one.range) for one in line.for_bytes] == [
        (200, None),
        (206, f"bytes={there}-"),
    ]
    assert HELD - IN_HAND < there <= HELD
    assert line.for_bytes[1].passed == file["size_bytes"] - there


def test_the_page_gives_the_commands_that_the_help_explains(enter: Open, language: str) -> None:
    person = enter("desktop")
    person.is_signed_in(f"/videos/{DOORSTEP}")
    row = person.page.locator("download-list li").first
    row.locator("summary").click()
    row.get_by_role("button", name=page_text("make_link")).click()
    given = row.locator(".link code")
    expect(given).to_have_count(3)
    link, *commands = given.all_inner_texts()
    told = [messages.text(language, "texts", f"help.tools.code.{number}") for number in (1, 3)]
    name = unquote(link.rpartition("/")[2])
    places = {"en": ("LINK", "FILE"), "fr": ("LIEN", "FICHIER")}[language]
    filled = [one.replace(places[0], link).replace(places[1], name) for one in told]
    assert commands == filled
    assert shlex.split(commands[0])[-2:] == [name, link]
