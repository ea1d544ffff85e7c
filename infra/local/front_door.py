"""Puts everything that a person or a tool opens on one address, http://localhost:8080.

`/mailbox` is the mailbox, for its own pages and tools alone; `/<media bucket>/` the local S3
(presigned URLs are signed for this very host, and nothing but those is let in); everything else the
distribution. Bytes are streamed, never held. There is no access log, and errors are logged without
their text: paths carry flow ids and tokens.
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
from multidict import CIMultiDict
from yarl import URL

from infra.local import browser_marks, compression
from infra.local.clean_environment import assert_loopback
from infra.local.followed_links import is_followed_link
from infra.local.mail_sink import MailSink
from infra.local.mailbox import Mailbox
from infra.local.mailbox_fence import own_pages_only
from infra.local.mailbox_newsletter import Office
from infra.local.mailbox_write import Writing
from infra.local.paths import Deployed, Ports, Stack
from infra.local.smtp_only import OnlySmtp

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
# All that S3 needs to know of who follows a link; the rest could name another service.
_OF_A_LINK = frozenset(
    {
        "accept",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "range",
    }
)
_NOT_YET = "The local stack is not deployed yet. Try again in a minute.\n"
_NO_ANSWER = "The local AWS does not answer. Is it still up?\n"


class FrontDoor:
    """A reverse proxy before the local AWS."""

    def __init__(self, ports: Ports) -> None:
        self._aws = assert_loopback(ports.aws_url)
        self._session: ClientSession | None = None
        self._deployed = Deployed()

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
                data=request.content if _has_a_body(request, stack) else None,
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


def _refuse_strangers(request: web.Request, stack: Stack) -> None:
    """Let in what the distribution and a private bucket would: the rest of the local AWS is behind.

    It picks a service by headers and by paths of its own before it looks at the host.
    """
    path, reads = request.raw_path, request.method in {"GET", "HEAD"}
    if _is_of_the_bucket(request, stack):
        raw_path, _, query = path.partition("?")
        scripted = not set(request.headers.getall("Origin", ())) <= {f"http://{request.host}"}
        if scripted or not is_followed_link(request.method, raw_path, query, stack.media_bucket):
            raise web.HTTPForbidden(text="Only presigned URLs open files here.\n")
    elif unquote(path).startswith("/_"):  # the local AWS decodes it before it looks
        raise web.HTTPNotFound(text="There is no such page.\n")
    elif not reads and not path.startswith("/api/"):
        raise web.HTTPForbidden(text="Only the API takes this method.\n")


def _is_of_the_bucket(request: web.Request, stack: Stack) -> bool:
    return request.raw_path.startswith(f"/{stack.media_bucket}/")


def _has_a_body(request: web.Request, stack: Stack) -> bool:
    return request.can_read_body and not _is_of_the_bucket(request, stack)


def _answer(request: web.Request, stack: Stack, upstream: ClientResponse) -> web.StreamResponse:
    """Begin an answer as the distribution would: with its headers, its text compressed."""
    headers = _kept(upstream.headers)
    if _is_of_the_bucket(request, stack):
        # On AWS a bucket has an origin of its own; here a file must not act as a page of the site.
        headers["Content-Security-Policy"] = "sandbox"
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
    if _is_of_the_bucket(request, stack):
        told = ((name, v) for name, v in request.headers.items() if name.lower() in _OF_A_LINK)
        return CIMultiDict([*told, ("Host", request.host)])
    headers = _kept(request.headers)
    for forged in ("x-forwarded-for", "x-forwarded-proto", "forwarded"):
        headers.popall(forged, None)
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
    """Refuse requests for other hosts, or under a foreign name for loopback (DNS rebinding)."""
    if not request.raw_path.startswith("/"):
        raise web.HTTPBadRequest(text="This is no proxy for other hosts.\n")
    if browser_marks.own_host(browser_marks.told_by(request.headers)) is None:
        raise web.HTTPMisdirectedRequest(text="Open http://localhost instead.\n")
    return await handler(request)


def open_door(ports: Ports, sink: MailSink) -> web.Application:
    """Build the application: mailbox, then everything else."""
    app = web.Application(middlewares=[own_names_only, own_pages_only])
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
        lambda: OnlySmtp(sink, enable_SMTPUTF8=True, hostname="localhost"), "127.0.0.1", ports.mail
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
