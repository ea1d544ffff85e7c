"""Other sites' pages cannot reach the local AWS, which could run code on this machine."""

import asyncio
from typing import Any

import pytest

from infra.local.origin_guard import is_foreign, keep_out

LOCAL = "127.0.0.1:4566"
SIGNED = "X-Amz-Date=20260214T020400Z&X-Amz-Signature=ab12"


@pytest.mark.parametrize(
    "host", ["evil.example:4566", "", "[", "localhost.evil.example", "10.0.0.5"]
)
def test_a_name_that_is_not_ours_is_foreign(host: str) -> None:
    assert is_foreign("GET", "/2015-03-31/functions", "", {"host": host})


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:4567"},
        {"origin": "http://127.0.0.1:4566.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["OPTIONS", "POST", "PUT", "GET"])
def test_another_sites_page_is_foreign(method: str, headers: dict[str, str]) -> None:
    assert is_foreign(method, "/", "Action=CreateUser", {"host": LOCAL, **headers})


def test_a_signature_opens_reading_alone_and_no_script() -> None:
    followed = {"host": "localhost:8080", "sec-fetch-site": "cross-site"}
    assert not is_foreign("GET", "/media/incoming/x/a.mxf", SIGNED, followed)
    assert is_foreign("POST", "/media/incoming/x/a.mxf", SIGNED, followed)
    scripted = {**followed, "origin": "https://evil.example"}
    assert is_foreign("GET", "/media/incoming/x/a.mxf", SIGNED, scripted)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": LOCAL},
        {"host": "localhost:4566"},
        {"host": "[::1]:4566"},
        {"host": "media.s3.eu-central-1.amazonaws.com"},
        {"host": "d1.cloudfront.net", "origin": "https://evil.example"},
        {"host": "localhost:8080", "origin": "http://localhost:8080"},
        {"host": LOCAL, "sec-fetch-site": "none"},
    ],
)
def test_tools_our_own_pages_and_the_front_door_are_let_in(headers: dict[str, str]) -> None:
    assert not is_foreign("POST", "/", "", headers)


def test_our_api_answers_other_sites_itself() -> None:
    headers = {"host": LOCAL, "origin": "https://evil.example"}
    assert not is_foreign("POST", "/_aws/execute-api/abc/api/sessions", "", headers)


@pytest.mark.parametrize(("kind", "refusal"), [("http", 403), ("websocket", 1008)])
def test_a_foreign_request_never_reaches_what_it_asks_for(kind: str, refusal: int) -> None:
    sent: list[Any] = []

    async def app(*_values: object) -> None:
        pytest.fail("let in")

    async def receive() -> dict[str, Any]:
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"Host", LOCAL.encode()), (b"Origin", b"https://evil.example")]
    scope = {"type": kind, "method": "POST", "path": "/", "headers": headers}
    asyncio.run(keep_out(app)(scope, receive, send))
    assert sent[0].get("status", sent[0].get("code")) == refusal
    assert not any(b"access-control" in name for name, _value in sent[0].get("headers", []))


def test_everything_else_reaches_it_unchanged() -> None:
    seen: list[Any] = []

    async def app(scope: Any, *_values: object) -> None:
        seen.append(scope)

    async def unused(*_values: object) -> Any:
        return {}

    scopes: list[dict[str, Any]] = [
        {"type": "lifespan"},
        {"type": "http", "method": "POST", "path": "/", "headers": [(b"host", LOCAL.encode())]},
    ]
    for scope in scopes:
        asyncio.run(keep_out(app)(scope, unused, unused))
    assert seen == scopes
