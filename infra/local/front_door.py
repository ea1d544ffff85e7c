"""Puts everything that a person or a tool opens on one address, http://localhost:8080.

`/mailbox` is the mailbox, `/<media bucket>/` the local S3 (presigned URLs are signed for this very
host, and nothing but those is let in), everything else the distribution. Bytes are streamed, never
held. There is no access log, and errors are logged without their text: paths carry flow ids and
tokens.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Mapping
from urllib.parse import unquote

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
    web,
)
from aiohttp.typedefs import Handler
from aiosmtpd.smtp import SMTP
from multidict import CIMultiDict
from yarl import URL

from infra.local import compression
from infra.local.clean_environment import assert_loopback
from infra.local.mail_sink import MailSink
from infra.local.mailbox import Mailbox
from infra.local.mailbox_newsletter import Office
from infra.local.mailbox_write import Writing
from infra.local.paths import STACK_FILE, Ports, Stack

_BLOCK = 256 * 1024
# RFC 9110, section 7.6.1, and what the proxy itself decides.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# A page elsewhere must not reach this machine by a name that it resolves to loopback.
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_NOT_YET = "The local stack is not deployed yet. Try again in a minute.\n"
_NO_ANSWER = "The local AWS does not answer. Is it still up?\n"


class FrontDoor:
    """A reverse proxy before the local AWS."""

    def __init__(self, ports: Ports) -> None:
        self._aws = assert_loopback(ports.aws_url)
        self._session: ClientSession | None = None
        self._stack: tuple[int, Stack] | None = None

    async def hold_session(self, _app: web.Application) -> AsyncIterator[None]:
        """Keep one pool of connections as long as the front door is open."""
        async with ClientSession(
            connector=TCPConnector(limit=0, keepalive_timeout=30),
            timeout=ClientTimeout(total=None, sock_connect=5, sock_read=120),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        ) as session:
            self._session = session
            yield

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        """Hand a request to where it belongs and stream the answer back."""
        if not request.raw_path.startswith("/"):
            raise web.HTTPBadRequest(text="This is no proxy for other hosts.\n")
        stack = self._deployed()
        if stack is None or self._session is None:
            raise web.HTTPServiceUnavailable(text=_NOT_YET)
        _refuse_strangers(request, stack)
        answer: web.StreamResponse | None = None
        try:
            async with self._session.request(
                request.method,
                URL(self._aws + request.raw_path, encoded=True),
                headers=_headers_for(request, stack),
                data=request.content if request.can_read_body else None,
                allow_redirects=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            ) as upstream:
                answer = _answer(request, stack, upstream)
                await answer.prepare(request)
                if request.method != "HEAD":
                    async for block in upstream.content.iter_chunked(_BLOCK):
                        await answer.write(block)
                await answer.write_eof()
        except (ClientError, ConnectionResetError, TimeoutError) as broken:
            if answer is None:
                raise web.HTTPBadGateway(text=_NO_ANSWER) from broken
            # Half an answer is out: only a closed connection tells the client so.
            if request.transport is not None:
                request.transport.close()
        return answer

    def _deployed(self) -> Stack | None:
        try:
            written = STACK_FILE.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        if self._stack is None or self._stack[0] != written:
            self._stack = (written, Stack.read())
        return self._stack[1]


def _refuse_strangers(request: web.Request, stack: Stack) -> None:
    """Let in what the distribution and a private bucket would: the rest of the local AWS is behind.

    It picks a service by headers and by paths of its own before it looks at the host.
    """
    path, reads = request.raw_path, request.method in {"GET", "HEAD"}
    if _is_of_the_bucket(request, stack):
        if not reads or "X-Amz-Signature=" not in path.partition("?")[2]:
            raise web.HTTPForbidden(text="Only presigned URLs open files here.\n")
    elif unquote(path).startswith("/_"):  # the local AWS decodes it before it looks
        raise web.HTTPNotFound(text="There is no such page.\n")
    elif not reads and not path.startswith("/api/"):
        raise web.HTTPForbidden(text="Only the API takes this method.\n")


def _is_of_the_bucket(request: web.Request, stack: Stack) -> bool:
    return request.raw_path.startswith(f"/{stack.media_bucket}/")


def _answer(request: web.Request, stack: Stack, upstream: ClientResponse) -> web.StreamResponse:
    """Begin an answer as the distribution would: with its headers, its text compressed."""
    headers = _kept(upstream.headers)
    small = not _is_of_the_bucket(request, stack) and compression.compresses(
        request.path, request.headers, headers
    )
    if small:
        compression.note(headers)
    answer = web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=headers)
    if small:
        answer.enable_compression(web.ContentCoding.gzip)
    return answer


def _headers_for(request: web.Request, stack: Stack) -> CIMultiDict[str]:
    headers = _kept(request.headers)
    for forged in ("x-forwarded-for", "x-forwarded-proto", "forwarded"):
        headers.popall(forged, None)
    if _is_of_the_bucket(request, stack):
        # These name a service and who calls it; a presigned URL says both in its query.
        for chosen in ("authorization", "x-amz-target"):
            headers.popall(chosen, None)
        headers["Host"] = request.headers.get("Host", "")
    else:
        headers["Host"] = stack.outputs["DistributionDomain"]
        # Plain HTTP ends here; the distribution redirects viewers who come without TLS.
        headers["x-forwarded-proto"] = "https"
    return headers


def _kept(headers: Mapping[str, str]) -> CIMultiDict[str]:
    kept: CIMultiDict[str] = CIMultiDict()
    for name, value in headers.items():
        # Neither the distribution nor a bucket lets other sites' scripts read; the local AWS does.
        if name.lower() not in _HOP_BY_HOP and not name.lower().startswith("access-control-"):
            kept.add(name, value)
    return kept


@web.middleware
async def own_names_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests that reach loopback under a foreign name (DNS rebinding)."""
    try:
        name = URL(f"//{request.headers.get('Host', '')}").host
    except ValueError:
        name = None
    if name not in _OWN_NAMES:
        raise web.HTTPMisdirectedRequest(text="Open http://localhost instead.\n")
    return await handler(request)


def open_door(ports: Ports, sink: MailSink) -> web.Application:
    """Build the application: mailbox, then everything else."""
    app = web.Application(middlewares=[own_names_only])
    door = FrontDoor(ports)
    app.cleanup_ctx.append(door.hold_session)
    app.add_routes(Writing(ports.inbound).routes())
    app.add_routes(Office().routes())
    app.add_routes(Mailbox(sink).routes())
    app.router.add_route("*", r"/{path:[\s\S]*}", door.pass_on)
    logging.getLogger("aiohttp.server").addFilter(_without_text)
    return app


def _without_text(record: logging.LogRecord) -> bool:
    """Keep of an error its kind alone: aiohttp quotes the address that it could not read."""
    if record.exc_info and record.exc_info[0]:
        record.msg, record.args = f"a request failed: {record.exc_info[0].__name__}", ()
        record.exc_info = None
    return True


async def serve(ports: Ports) -> None:
    """Serve site and mail on loopback, both families, until told to end."""
    sink = MailSink()
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ending.set)
    loop.add_signal_handler(signal.SIGINT, ending.set)
    mail = await loop.create_server(
        lambda: SMTP(sink, enable_SMTPUTF8=True, hostname="localhost"), "127.0.0.1", ports.mail
    )
    # A compressed body is passed on as it is: what its headers say must stay true.
    runner = web.AppRunner(
        open_door(ports, sink), access_log=None, shutdown_timeout=1, auto_decompress=False
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", ports.site).start()
    # `localhost` is ::1 first on many machines; some have no IPv6 at all.
    with contextlib.suppress(OSError):
        await web.TCPSite(runner, "::1", ports.site).start()
    await ending.wait()
    mail.close()
    await runner.cleanup()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(serve(Ports.chosen()))
