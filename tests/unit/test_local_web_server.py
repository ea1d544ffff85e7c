"""The local AWS's HTTP server shows a request as it was sent, and nothing of another one."""

import asyncio
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import pytest
from uvicorn.server import ServerState

from infra.local.web_server import configured, in_pieces

CALLER = ContextVar("caller", default="nobody")


def answers_to(sent: bytes, application: Any) -> bytes:
    """Send bytes over one connection and return all that comes back until it closes."""

    async def talk() -> bytes:
        chosen = SimpleNamespace(bind=["127.0.0.1:0"], keep_alive_timeout=75)
        config = configured(application, chosen)
        config.load()
        loop = asyncio.get_running_loop()
        make = config.http_protocol_class
        server = await loop.create_server(
            lambda: make(config=config, server_state=ServerState(), app_state={}),  # type: ignore[call-arg]
            "127.0.0.1",
            0,
        )
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(sent)
        told = await reader.read()
        writer.close()
        server.close()
        return told

    return asyncio.run(talk())


async def tell(send: Any, text: str) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        ("/a%20b/?x=1&y=%20", ("/a b/", b"/a%20b/", b"x=1&y=%20")),
        ("http://elsewhere.example/a?b", ("http://elsewhere.example/a",) * 2 + (b"b",)),
        ("//elsewhere.example/a", ("//elsewhere.example/a",) * 2 + (b"",)),
        ("/a?b?c#d", ("/a", b"/a", b"b?c#d")),
    ],
    ids=["encoded", "for a proxy", "two strokes", "a fragment"],
)
def test_the_target_of_a_request_is_seen_as_it_was_sent(
    target: str, seen: tuple[str, bytes | str, bytes]
) -> None:
    async def look(scope: Any, _receive: Any, send: Any) -> None:
        await tell(send, repr((scope["path"], scope["raw_path"], scope["query_string"])))

    sent = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    path, raw_path, query = seen
    raw = raw_path if isinstance(raw_path, bytes) else raw_path.encode()
    assert repr((path, raw, query)).encode() in answers_to(sent, look)


@pytest.mark.parametrize(
    ("hosts", "status"),
    [(b"Host: x\r\nHost: x\r\n", b"400"), (b"", b"400"), (b"Host: x\r\n", b"200")],
    ids=["two", "none", "one"],
)
def test_a_request_is_for_one_host(hosts: bytes, status: bytes) -> None:
    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        await tell(send, "hello")

    told = answers_to(b"GET / HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n", answer)
    assert told.split()[1] == status
    assert (b"hello" in told) == (status == b"200")


def test_a_request_finds_nothing_of_the_one_before_it_on_its_connection() -> None:
    async def remember(_scope: Any, _receive: Any, send: Any) -> None:
        found = CALLER.get()
        CALLER.set("somebody")
        await tell(send, f"found {found};")

    request = b"GET / HTTP/1.1\r\nHost: x\r\n%s\r\n"
    told = answers_to(request % b"" + request % b"Connection: close\r\n", remember)
    assert told.count(b"found nobody;") == 2
    assert b"somebody" not in told


@pytest.mark.parametrize("size", [0, 1, 2**18 - 1, 2**18, 2**18 + 1, 3 * 2**18, 10**6])
def test_an_answer_of_any_length_arrives_whole(size: int) -> None:
    body = bytes(number % 251 for number in range(size))

    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-length", str(size).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    told = answers_to(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer)
    assert told.partition(b"\r\n\r\n")[2] == body


def test_a_long_answer_is_made_ready_only_as_its_client_takes_it() -> None:
    pieces: list[int] = []

    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.body", "body": b"x" * 2**20, "more_body": False})

    async def take(piece: Any) -> None:
        pieces.append(len(piece["body"]))
        if len(pieces) == 2:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(in_pieces(answer)({}, take, take))  # type: ignore[arg-type]
    assert pieces == [2**18] * 2


def test_no_answer_names_the_server_or_has_a_date_of_its_own() -> None:
    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        await tell(send, "hello")

    told = answers_to(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", answer)
    head = told.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 200")
    assert b"\r\nserver:" not in head
    assert b"\r\ndate:" not in head
