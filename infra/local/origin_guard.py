"""Decides which web pages may speak to the local AWS: none but those of our own address.

MiniStack answers every page that a browser has open (`Access-Control-Allow-Origin: *`), under any
name, and runs whatever function it is given on this machine. Tools send neither `Origin` nor
`Sec-Fetch-Site`; a browser sends them with everything that could change something, and no script
can take them away (https://fetch.spec.whatwg.org/#forbidden-request-header).
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

# ASGI's own types (https://asgi.readthedocs.io/en/latest/specs/main.html).
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# Nobody else can make these names lead here: `localhost` is resolved by the system (RFC 6761,
# section 6.3), the others belong to AWS and reach this machine in a Host header alone.
_OWN_ENDINGS = (".localhost", ".amazonaws.com", ".cloudfront.net")
_DISTRIBUTION = ".cloudfront.net"
"""Only the front door speaks to the distribution by this name; it has rules of its own."""
_PUBLIC_API = "/_aws/execute-api/"
"""Our own API, as the distribution calls it; it refuses other sites' requests itself."""
_SIGNED = "X-Amz-Signature="


def is_foreign(method: str, path: str, query: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a request comes from somebody else's page, or under somebody else's name.

    `headers` has lower-case names.
    """
    host = headers.get("host", "")
    name = _name_of(host)
    if name not in _OWN_NAMES and not name.endswith(_OWN_ENDINGS):
        return True  # DNS rebinding
    if name.endswith(_DISTRIBUTION) or path.startswith(_PUBLIC_API):
        return False
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return True
    # A link to a file may stand in somebody's mail; its signature says that it is meant.
    followed = method in {"GET", "HEAD"} and _SIGNED in query
    return headers.get("sec-fetch-site") in {"cross-site", "same-site"} and not followed


def keep_out(app: Application) -> Application:
    """Return an application that answers 403 to foreign pages before anything else is looked at."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not _is_foreign_scope(scope):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            start = {"type": "http.response.start", "status": 403, "headers": []}
            await send(start)
            await send({"type": "http.response.body", "body": b"Not for other sites' pages.\n"})

    return guarded


def _is_foreign_scope(scope: Scope) -> bool:
    headers = {key.decode("latin-1").lower(): v.decode("latin-1") for key, v in scope["headers"]}
    query = scope.get("query_string", b"").decode("latin-1")
    return is_foreign(scope.get("method", "GET"), scope["path"], query, headers)


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
