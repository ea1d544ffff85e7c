"""Serves the local AWS over HTTP: by uvicorn and httptools, where MiniStack has Hypercorn and h11.

Those two took a third of the local AWS's processor time, several tasks and a parser in Python for
each request. To what is served nothing changes, but that no answer names the server or has a second
date, that the head of a request ends at 64 KiB, and that there are no WebSockets, which nothing
here speaks.
"""

from collections.abc import Iterator
from typing import Protocol
from urllib.parse import unquote

import uvicorn
from uvicorn._types import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    ASGISendEvent,
    HTTPResponseBodyEvent,
    Scope,
)
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_SECONDS_FOR_THE_LAST = 1
PIECE = 256 * 1024
_HEAD = 64 * 1024  # the smallest of AWS takes 10 KB, CloudFront 20
_TOO_LONG = "The head of a request may have 64 KiB here: send less in address and headers."


class Chosen(Protocol):
    """What MiniStack tells Hypercorn, as far as it counts here."""

    bind: list[str]
    keep_alive_timeout: float


class AsSent(HttpToolsProtocol):
    """HTTP whose application sees a request as it was sent, and only one that is plain.

    uvicorn takes the host out of a target that is meant for a proxy, which origin_guard.py refuses,
    and forgets what stands behind a `#`. It lets a request have two hosts, or none (RFC 9112,
    section 3.2), takes trailers for headers (RFC 9110, section 6.5.1) and the body of a request
    with `Upgrade` for the next request, and keeps a head in memory however long it becomes.
    """

    _in_head = False
    _unread = 0
    _refusal = ""

    def data_received(self, data: bytes) -> None:
        """Read on, unless what came for long was neither a whole head nor a body."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > _HEAD and not self.transport.is_closing():
            self.send_400_response(_TOO_LONG)

    def on_message_begin(self) -> None:
        """Begin to read a head."""
        self._in_head, self._unread = True, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; a trailer could name another host or service after the head was judged."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin a request; its application has not looked at it yet."""
        self._in_head, self._unread = False, 0
        self._refusal = self._reason_against()
        if self._refusal:
            raise ValueError(self._refusal)  # answered with 400
        super().on_headers_complete()
        path, _, query = self.url.partition(b"?")
        self.scope["path"] = unquote(path.decode("ascii"))
        self.scope["raw_path"] = path
        self.scope["query_string"] = query
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False  # the parser is lost on what comes after it

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body, of which there may be any number."""
        self._unread = 0
        super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Answer what is wrong with a request, where that is known."""
        super().send_400_response(f"{self._refusal or msg}\n")

    def _reason_against(self) -> str:
        names = [name for name, _ in self.headers]
        bodies = dict(self.headers).get(b"content-length", b"0") != b"0"
        if sum(map(len, (self.url, *names, *(value for _, value in self.headers)))) > _HEAD:
            return _TOO_LONG
        hosts = names.count(b"host")
        if hosts != 1 and not (hosts == 0 and self.parser.get_http_version() == "1.0"):
            return "A request is for one host: send one Host header."
        if self.parser.should_upgrade() and (bodies or b"transfer-encoding" in names):
            return "A body cannot come with Upgrade here: leave Upgrade away."
        return ""

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: uvicorn would advise to install WebSockets, which nothing here speaks."""


def in_pieces(application: ASGI3Application) -> ASGI3Application:
    """Return an application that waits while its client takes a long answer.

    asyncio copies what a socket does not take at once, twice: 150 MB for a sample file that a
    client may break off after the first.
    """

    async def serve_in_pieces(
        scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        async def send_pieces(event: ASGISendEvent) -> None:
            if event["type"] == "http.response.body":
                for piece in _cut(event):
                    await send(piece)
            else:
                await send(event)

        await application(scope, receive, send_pieces)

    return serve_in_pieces


def _cut(event: HTTPResponseBodyEvent) -> Iterator[HTTPResponseBodyEvent]:
    body, more = event.get("body", b""), event.get("more_body", False)
    last = max(0, len(body) - 1) // PIECE * PIECE
    for start in range(0, last, PIECE):
        piece = body[start : start + PIECE]
        yield {"type": "http.response.body", "body": piece, "more_body": True}
    yield {"type": "http.response.body", "body": body[last:], "more_body": more}


def configured(application: ASGI3Application, chosen: Chosen) -> uvicorn.Config:
    """Return how uvicorn serves the one address that was chosen."""
    (address,) = chosen.bind
    host, _, port = address.rpartition(":")
    return uvicorn.Config(
        in_pieces(application),
        host=host,
        port=int(port),
        http=AsSent,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        # The front door writes its own headers, and MiniStack reads them; nobody else is believed.
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=int(chosen.keep_alive_timeout),
        timeout_graceful_shutdown=_SECONDS_FOR_THE_LAST,
        # MiniStack keeps who asks in context variables: a request must not find the last one's.
        reset_contextvars=True,
    )


async def serve(application: ASGI3Application, chosen: Chosen) -> None:
    """Serve until told to end."""
    await uvicorn.Server(configured(application, chosen)).serve()
