"""The local AWS's HTTP server shows a request as it was sent, and nothing of another one."""

import asyncio
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import pytest
from uvicorn.server import ServerState

from infra.local.web_server import AsSent, configured, in_pieces

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


HEAD = b"Host: x\r\nConnection: close\r\n"


async def tell_what_was_sent(scope: Any, receive: Any, send: Any) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await tell(send, repr((scope["path"], body, scope["headers"])))


class Watched(asyncio.Transport):
    """Where a protocol answers, without a socket that forgets the answer when it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.told = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.told += bytes(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Nobody reads."""

    def resume_reading(self) -> None:
        """Nobody reads."""


def what_is_taken(begin: bytes, more: bytes) -> tuple[int, bytes]:
    """Send on and on, and return how many bytes were taken, at most 1 MB, and the answer."""

    async def feed() -> tuple[int, bytes]:
        config = configured(
            tell_what_was_sent,
            SimpleNamespace(bind=["127.0.0.1:0"], keep_alive_timeout=75),
        )
        config.load()
        transport = Watched()
        protocol = AsSent(config=config, server_state=ServerState(), app_state={})
        protocol.connection_made(transport)
        protocol.data_received(begin)
        taken = 0
        while not transport.closed and taken < 2**20:
            protocol.data_received(more)
            taken += len(more)
        protocol.connection_lost(ConnectionResetError())
        await asyncio.gather(*protocol.tasks)
        return taken, transport.told

    return asyncio.run(feed())


CHUNKED = b"POST / HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n1"


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ", b"a" * 2**12),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-Many: a\r\n" * 2**9),
        (b"GET /", b"a" * 2**12),
        (CHUNKED + b"\r\na\r\n0\r\n", b"X-Trailer: a\r\n" * 2**9),
        (CHUNKED + b";", b"a" * 2**12),
    ],
    ids=["a value", "many headers", "an address", "trailers", "a chunk's extension"],
)
def test_a_head_without_end_is_taken_to_its_limit_and_refused(begin: bytes, more: bytes) -> None:
    taken, told = what_is_taken(begin, more)
    assert taken <= 2**16 + len(more)
    assert told.split()[1] == b"400"
    assert b"64 KiB" in told


def test_a_whole_head_that_is_too_long_is_refused_with_the_reason() -> None:
    whole = b"GET / HTTP/1.1\r\n" + HEAD + b"X-Whole: " + b"a" * 2**16 + b"\r\n\r\n"
    _, told = what_is_taken(b"", whole)
    assert told.split()[1] == b"400"
    assert b"64 KiB" in told


def test_a_long_body_in_small_pieces_is_no_long_head() -> None:
    pieces = b"1\r\na\r\n" * 2**16
    head = b"POST / HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    told = answers_to(head + pieces + b"0\r\n\r\n", tell_what_was_sent)
    assert told.split()[1] == b"200"
    assert b"a" * 2**16 in told


def test_a_trailer_is_no_header() -> None:
    sent = b"POST / HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    sent += b"1\r\na\r\n0\r\nHost: elsewhere\r\nX-Amz-Target: other\r\n\r\n"
    told = answers_to(sent, tell_what_was_sent)
    assert told.split()[1] == b"200"
    assert b"elsewhere" not in told
    assert b"other" not in told


UPGRADE = b"Host: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"


@pytest.mark.parametrize("framing", [b"Content-Length: 34\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_the_body_of_a_request_for_an_upgrade_is_never_a_request(framing: bytes) -> None:
    body = b"GET /inner HTTP/1.1\r\nHost: x\r\n\r\n"
    told = answers_to(
        b"POST /outer HTTP/1.1\r\n" + UPGRADE + framing + b"\r\n" + body, tell_what_was_sent
    )
    assert told.count(b"HTTP/1.1 ") == 1
    assert told.split()[1] == b"400"
    assert b"leave Upgrade away" in told


def test_a_request_for_an_upgrade_is_answered_as_it_is_and_is_the_last(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = answers_to(b"GET /outer HTTP/1.1\r\n" + UPGRADE + b"\r\n", tell_what_was_sent)
    assert told.split()[1] == b"200"
    assert b"connection: close" in told.lower()
    assert "install" not in caplog.text


def test_two_hosts_are_refused_with_the_reason() -> None:
    told = answers_to(b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", tell_what_was_sent)
    assert b"send one Host header" in told
