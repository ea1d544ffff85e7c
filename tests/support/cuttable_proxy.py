"""A proxy to the local stack that records requests, can hold them, and can cut connections.

The client uses it as its HTTP proxy, so all addresses, and with them signatures and cookies, stay
the same.
"""

import contextlib
import http.client
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_BLOCK = 64 * 1024
_PATIENCE = 60.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_ENDS_HERE = {"connection", "keep-alive", "proxy-connection", "transfer-encoding"}


class CutError(ConnectionError):
    """The connection was cut."""


@dataclass
class Request:
    """One request and its result; ``passed`` counts the bytes of the body that went through."""

    method: str
    url: str
    range: str | None
    began_after_cuts: int
    status: int = 0
    passed: int = 0

    @property
    def is_for_bytes(self) -> bool:
        """Whether the address is a presigned one."""
        return "X-Amz-Signature=" in self.url


@dataclass
class Line:
    """The traffic through the proxy, and the controls for it."""

    site_url: str
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _hold_at: int | None = None
    _cuts: int = 0

    @property
    def url(self) -> str:
        """The proxy's address, for the client's configuration."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def for_bytes(self) -> list[Request]:
        """The requests for files at presigned URLs, oldest first."""
        return [request for request in self.requests if request.is_for_bytes]

    @property
    def for_links(self) -> list[Request]:
        """The requests for stable links, oldest first."""
        return [request for request in self.requests if "/api/downloads/" in request.url]

    @property
    def passed(self) -> int:
        """The number of file bytes that went through."""
        return sum(request.passed for request in self.for_bytes if request.status < 300)

    def hold_each_at(self, count: int) -> None:
        """Limit each request for a file to a number of bytes, until the connection is cut."""
        with self._changed:
            self._hold_at = count

    def wait_until_held(self, requests: int = 1) -> None:
        """Wait until a number of requests for a file have reached their limit."""
        with self._changed:
            held = self._changed.wait_for(lambda: self._held() >= requests, _PATIENCE)
            assert held, f"{self._held()} of {requests} requests came as far as that"

    def cut(self) -> None:
        """Reset all open connections; later ones go through."""
        with self._changed:
            self._cuts += 1
            self._hold_at = None
            self._changed.notify_all()

    def begin(self, method: str, url: str, asked_range: str | None) -> Request:
        """Record a request."""
        with self._changed:
            request = Request(method, url, asked_range, self._cuts)
            self.requests.append(request)
            self._changed.notify_all()
            return request

    def wait_for_turn(self, request: Request) -> None:
        """Wait while the request is held.

        Raises:
            CutError: the connection was cut since the request began.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._cuts > request.began_after_cuts or not self._is_held(request)
            )
            if self._cuts > request.began_after_cuts:
                raise CutError

    def note(self, request: Request, count: int) -> None:
        """Count bytes that went through."""
        with self._changed:
            request.passed += count
            self._changed.notify_all()

    def _is_held(self, request: Request) -> bool:
        at = self._hold_at
        return at is not None and request.is_for_bytes and request.passed >= at

    def _held(self) -> int:
        return sum(self._is_held(request) for request in self.requests)


class _End(ThreadingHTTPServer):
    """The client's side of the connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, line: Line) -> None:
        super().__init__(("127.0.0.1", 0), _Carrier)
        self.line = line
        line.port = self.server_port

    def shutdown_request(self, request: Any) -> None:
        """Close without a goodbye, so that a cut connection looks like one."""
        self.close_request(request)


class _Carrier(BaseHTTPRequestHandler):
    """Forwards one request and its answer."""

    protocol_version = "HTTP/1.1"
    server: _End

    def log_message(self, *_: object) -> None:
        """Log nothing, because addresses contain tokens."""

    def _carry(self) -> None:
        self.close_connection = True
        place = urlsplit(self.path)
        if place.netloc != urlsplit(self.server.line.site_url).netloc:
            self.send_error(403, "This line leads to the local stack alone")
            return
        request = self.server.line.begin(self.command, self.path, self.headers["Range"])
        site = http.client.HTTPConnection("127.0.0.1", place.port or 80, timeout=_PATIENCE)
        with contextlib.closing(site), contextlib.suppress(ConnectionError):
            site.putrequest(
                self.command,
                place._replace(scheme="", netloc="").geturl(),
                skip_host=True,
                skip_accept_encoding=True,
            )
            for name, value in _kept(self.headers):
                site.putheader(name, value)
            site.endheaders(self.rfile.read(int(self.headers["Content-Length"] or 0)) or None)
            self._hand_over(site.getresponse(), request)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._carry
        raise AttributeError(name)

    def _hand_over(self, answer: http.client.HTTPResponse, request: Request) -> None:
        request.status = answer.status
        self.send_response_only(answer.status, answer.reason)
        for name, value in _kept(answer.headers):
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while block := answer.read(_BLOCK):
                self.server.line.wait_for_turn(request)
                self.wfile.write(block)
                self.server.line.note(request, len(block))
        except CutError:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)


def _kept(headers: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers.items() if name.lower() not in _ENDS_HERE]


@contextmanager
def lay_line(site_url: str) -> Iterator[Line]:
    """Start a proxy to the site, and stop it at the end."""
    line = Line(site_url)
    end = _End(line)
    thread = threading.Thread(target=end.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield line
    finally:
        line.cut()
        end.shutdown()
        thread.join()
        end.server_close()
