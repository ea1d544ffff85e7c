"""The mailbox serves its own pages and tools; other sites' pages neither write nor look there."""

import asyncio
from collections.abc import Mapping

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from infra.local import front_door, mail_previews
from infra.local.mail_previews import Preview
from infra.local.mail_sink import MailSink
from infra.local.paths import Ports
from tests.support.fences import FOREIGN_MARKS

HOST = "localhost:8080"
OWN: tuple[Mapping[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}"},
    {"Referer": f"http://{HOST}/mailbox"},
)
EXAMPLES = {
    "number": "1",
    "name": "code",
    "language": "en",
    "edition": "2026-02-12-0700",
    "file": "mailbox.css",
}


def _door() -> web.Application:
    return front_door.open_door(Ports(site=0, aws=1, mail=1, inbound=1), MailSink())


def _routes() -> list[tuple[str, str]]:
    """Return method and path of everything that stands under /mailbox."""
    found = []
    for route in _door().router.routes():
        pattern = route.resource.canonical if route.resource else ""
        if pattern.startswith("/mailbox"):
            found.append((route.method, pattern.format(**EXAMPLES)))
    assert len(found) > 10
    return sorted(set(found))


def ask(method: str, path: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str]]:
    """Ask a front door under its usual name."""

    async def once() -> tuple[int, Mapping[str, str]]:
        async with TestClient(TestServer(_door())) as client:
            url = URL(path, encoded=True)
            answer = await client.request(method, url, headers={"Host": HOST, **headers})
            return answer.status, answer.headers

    return asyncio.run(once())


@pytest.mark.thorough
@pytest.mark.parametrize("marks", FOREIGN_MARKS, ids=str)
def test_no_page_elsewhere_reaches_anything_of_the_mailbox(
    marks: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read_all() -> list[Preview]:
        pytest.fail("mails were rendered")

    monkeypatch.setattr(mail_previews, "read_all", read_all)
    for method, path in _routes():
        status, _headers = ask(method, path, marks)
        assert status == 403, (method, path)


@pytest.mark.parametrize("path", ["/%6dailbox/messages.json", "/mailbox/%6dessages.json"])
def test_another_spelling_is_no_way_round(path: str) -> None:
    assert ask("GET", path, {})[0] == 200
    assert ask("GET", path, {"Sec-Fetch-Site": "cross-site"})[0] == 403


@pytest.mark.parametrize("marks", OWN, ids=str)
@pytest.mark.parametrize("path", ["/mailbox", "/mailbox/write", "/mailbox/messages.json"])
def test_own_pages_tools_and_typed_addresses_are_served(
    path: str, marks: Mapping[str, str]
) -> None:
    status, headers = ask("GET", path, marks)
    assert status == 200
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/mailbox", "/mailbox/write", "/mailbox/previews"])
def test_no_page_can_frame_the_mailboxs_pages(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read_all() -> list[Preview]:
        return []

    monkeypatch.setattr(mail_previews, "read_all", read_all)
    _status, headers = ask("GET", path, {})
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_page_of_the_same_name_at_another_port_is_foreign() -> None:
    marks = {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}
    assert ask("POST", "/mailbox/write", marks)[0] == 403
