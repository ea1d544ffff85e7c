"""The front door forwards what the distribution and a private bucket would, and no more."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from yarl import URL

from infra.local import front_door, paths
from infra.local.mail_sink import MailSink
from infra.local.paths import Ports
from tests.support.fences import BUCKET, DISTRIBUTION, FILE, FOREIGN_MARKS, SIGNED, STACK

LINK = f"{FILE}?{SIGNED}"


@pytest.fixture(autouse=True)
def _deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "STACK_FILE", tmp_path / "stack.json")
    STACK.write()


def knock(
    method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> tuple[int, Mapping[str, str], list[web.Request]]:
    """Send one request through a front door to a stub that, like MiniStack, allows everything."""
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(body=await request.read(), headers={"Access-Control-Allow-Origin": "*"})

    async def once() -> tuple[int, Mapping[str, str]]:
        stub = web.Application()
        stub.router.add_route("*", r"/{path:[\s\S]*}", answer)
        aws = await _open(stub, {"auto_decompress": False})
        ports = Ports(site=0, aws=aws[1], mail=0, inbound=0)
        door = await _open(front_door.open_door(ports, MailSink()), {"auto_decompress": False})
        try:
            # Send the path unchanged: a client library would decode parts that an attacker would
            # not.
            url = URL(f"http://127.0.0.1:{door[1]}{path}", encoded=True)
            async with (
                ClientSession(auto_decompress=False) as client,
                client.request(method, url, headers=headers, data=body) as reply,
            ):
                return reply.status, reply.headers
        finally:
            await door[0].cleanup()
            await aws[0].cleanup()

    status, reply = asyncio.run(once())
    return status, reply, seen


async def _open(app: web.Application, options: dict[str, Any]) -> tuple[web.AppRunner, int]:
    runner = web.AppRunner(app, **options)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    return runner, port


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"/{BUCKET}/incoming/x/a.mxf"),
        ("PUT", LINK),
        ("POST", f"/{BUCKET}/"),
        ("GET", f"{LINK}&Action=ListStacks"),
        ("GET", f"/{BUCKET}/?Action=ListStacks&X-Amz-Signature=x"),
        ("GET", f"/{BUCKET}/?list-type=2&X-Amz-Signature=x"),
        ("GET", f"/{BUCKET}/../x?{SIGNED}"),
        ("GET", f"/{BUCKET}/?{SIGNED}"),
        ("OPTIONS", LINK),
        ("DELETE", LINK),
        ("GET", f"/{BUCKET}/?list-type=2"),
        ("GET", f"/{BUCKET}/incoming/x/a.mxf"),
        ("POST", "/"),
        ("POST", "/_ministack/reset"),
        ("GET", "/_ministack/ses/messages"),
        ("GET", "/%5Fministack/ses/messages"),
        ("GET", "/%5f%61ws/execute-api/x"),
        ("PUT", "/videos/x"),
    ],
)
def test_the_rest_of_the_local_aws_is_not_behind_it(method: str, path: str) -> None:
    called = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    status, _told, seen = knock(method, path, called)
    assert status in {403, 404}
    assert seen == []


def test_a_presigned_url_chooses_no_other_service() -> None:
    chosen = {
        "X-Amz-Target": "DynamoDB_20120810.ListTables",
        "Authorization": "AWS4 x/dynamodb/",
        "X-Amz-Request-Route": "x",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "__Host-session=secret",
    }
    told = {**chosen, "Range": "bytes=0-1"}
    status, _told, seen = knock("GET", LINK, told, b"Action=ListTables")
    assert status == 200
    assert seen[0].headers["Range"] == "bytes=0-1"
    assert chosen.keys().isdisjoint(seen[0].headers)
    assert not seen[0].can_read_body


@pytest.mark.parametrize("marks", FOREIGN_MARKS, ids=str)
def test_a_link_elsewhere_is_followed_and_no_script_follows_it(marks: Mapping[str, str]) -> None:
    status, _told, seen = knock("GET", LINK, {"Host": "localhost:8080", **marks})
    scripted = marks.get("origin") not in {None, "http://localhost:8080"}
    assert (status, len(seen)) == ((403, 0) if scripted else (200, 1))


def test_what_a_link_shows_is_no_page_of_the_site() -> None:
    _status, headers, _seen = knock("GET", LINK)
    assert headers["Content-Security-Policy"] == "sandbox"


def test_the_api_takes_every_method_and_key() -> None:
    status, _told, seen = knock("PATCH", "/api/account", {"Authorization": "Bearer key"})
    assert status == 200
    assert seen[0].headers["Authorization"] == "Bearer key"
    assert seen[0].headers["Host"] == DISTRIBUTION


def test_no_other_sites_script_may_read_an_answer() -> None:
    for path in (LINK, "/api/health"):
        _status, reply, _seen = knock("GET", path, {"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in reply


@pytest.mark.parametrize("host", ["evil.example", "[", "", "localhost.evil.example:8080"])
def test_a_foreign_or_broken_name_is_refused(host: str) -> None:
    status, _told, seen = knock("GET", "/api/health", {"Host": host})
    assert status in {400, 421}
    assert seen == []


def test_an_unreadable_request_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    status, _, seen = knock("GET", "/api/registrations/a-secret-flow-id?" + "x" * 9000)
    assert (status, seen) == (400, [])
    assert "LineTooLong" in caplog.text
    assert "a-secret-flow-id" not in caplog.text


def test_a_line_break_in_a_path_is_passed_on_like_any_other_letter() -> None:
    status, _, seen = knock("GET", "/api/videos/a%0Ab")
    assert (status, [request.raw_path for request in seen]) == (200, ["/api/videos/a%0Ab"])
