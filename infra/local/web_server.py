"""Serves the local AWS over HTTP: by uvicorn and httptools, where MiniStack has Hypercorn and h11.

Those two took a third of the local AWS's processor time, several tasks and a parser in Python for
each request. To what is served nothing changes, but that no answer names the server or has a second
date, and that there are no WebSockets, which nothing here speaks.
"""

from typing import Protocol
from urllib.parse import unquote

import uvicorn
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_SECONDS_FOR_THE_LAST = 1


class Chosen(Protocol):
    """What MiniStack tells Hypercorn, as far as it counts here."""

    bind: list[str]
    keep_alive_timeout: float


class AsSent(HttpToolsProtocol):
    """HTTP whose application sees the target of a request as it was sent.

    uvicorn takes the host out of one that is meant for a proxy, which origin_guard.py refuses, and
    forgets what stands behind a `#`. It also lets a request have two hosts, or none (RFC 9112,
    section 3.2).
    """

    def on_headers_complete(self) -> None:
        """Begin a request; its application has not looked at it yet."""
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts != 1 and not (hosts == 0 and self.parser.get_http_version() == "1.0"):
            raise ValueError("a request is for one host")  # answered with 400
        super().on_headers_complete()
        path, _, query = self.url.partition(b"?")
        self.scope["path"] = unquote(path.decode("ascii"))
        self.scope["raw_path"] = path
        self.scope["query_string"] = query


def configured(application: ASGI3Application, chosen: Chosen) -> uvicorn.Config:
    """Return how uvicorn serves the one address that was chosen."""
    (address,) = chosen.bind
    host, _, port = address.rpartition(":")
    return uvicorn.Config(
        application,
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
