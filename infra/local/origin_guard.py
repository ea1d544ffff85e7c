"""Decides what a browser may ask of the local AWS: our API, and links to files that were signed.

MiniStack answers every page that a browser has open (`Access-Control-Allow-Origin: *`), under any
name, and runs whatever function it is given on this machine. It picks a service by header, form and
query before it looks at the path, so nothing is let in for a part of what it says: only what is
exactly one of ours, and leads nowhere else.
"""

from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

from infra.local import browser_marks
from infra.local.browser_marks import Headers
from infra.local.followed_links import is_followed_link
from infra.local.paths import Stack

# ASGI's own types (https://asgi.readthedocs.io/en/latest/specs/main.html).
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]
IsRoute: TypeAlias = Callable[[str, str, str, str], bool]
"""Takes an API's id, a stage, a method and a path, and tells whether the API has that."""

_REFUSAL = b"The local AWS is for tools, not for pages (docs/local.md, Fence).\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says of itself."""

    method: str
    raw_path: str
    path: str
    """Decoded, as MiniStack reads it."""
    query: str
    headers: Headers

    @classmethod
    def of(cls, scope: Scope) -> "Asked":
        """Read an ASGI scope."""
        told = [(name.decode("latin-1"), v.decode("latin-1")) for name, v in scope["headers"]]
        path: str = scope["path"]
        return cls(
            method=scope.get("method", scope["type"]),
            raw_path=(scope.get("raw_path") or quote(path).encode()).decode("latin-1"),
            path=path,
            query=scope.get("query_string", b"").decode("latin-1"),
            headers=[(name.lower(), value) for name, value in told],
        )

    def chooses_a_service(self) -> bool:
        """Tell whether a header names a service, or a body may: who follows a link sends none."""
        return any(
            name.startswith("x-amz-")
            or name in {"authorization", "transfer-encoding"}
            or (name == "content-length" and value != "0")
            for name, value in self.headers
        )


@dataclass(frozen=True, slots=True)
class Guard:
    """Knows the stack that is deployed; until there is one, no browser is let in."""

    deployed: Callable[[], Stack | None]
    is_route: IsRoute

    def lets_in(self, asked: Asked) -> bool:
        """Tell whether a request may reach the local AWS."""
        if not (asked.raw_path.startswith("/") and asked.path.startswith("/")):
            return False  # meant for a proxy
        stack = self.deployed()
        if stack is not None and _is_of_the_front_door(asked, stack):
            return True
        if browser_marks.own_host(asked.headers) is None:
            return False
        if not browser_marks.is_of_a_browser(asked.headers):
            return True
        return stack is not None and (
            self._asks_our_api(asked, stack) or _follows_a_link(asked, stack)
        )

    def _asks_our_api(self, asked: Asked, stack: Stack) -> bool:
        """Tell whether the API answers it; the distribution passes on what browsers say."""
        api_id, stage = _api_of(stack)
        if not (api_id and stage):
            return False
        door = f"/_aws/execute-api/{api_id}/{stage}/"
        if not (asked.raw_path.startswith(door) and asked.path.startswith(door)):
            return False
        if not browser_marks.is_foreign(asked.headers, _origins_of(stack)):
            return True  # the API has an answer of its own to what it does not know
        route, raw_route = (text[len(door) :] for text in (asked.path, asked.raw_path))
        steps = route.removesuffix("/").split("/")
        return (
            route.count("/") == raw_route.count("/")
            and not any(step in {"", ".", ".."} for step in steps)
            and self.is_route(api_id, stage, asked.method, f"/{route}")
        )


def _is_of_the_front_door(asked: Asked, stack: Stack) -> bool:
    """Tell whether it is for our distribution, whose name the front door writes without a port.

    A browser that was led here by that name would write the port as well.
    """
    named = browser_marks.values(asked.headers, "host") == [stack.outputs.get("DistributionDomain")]
    return named and asked.method != "websocket" and not asked.path.startswith("/_")


def _follows_a_link(asked: Asked, stack: Stack) -> bool:
    return (
        not asked.chooses_a_service()
        and not browser_marks.values(asked.headers, "origin")
        and is_followed_link(asked.method, asked.raw_path, asked.query, stack.media_bucket)
    )


def _api_of(stack: Stack) -> tuple[str, str]:
    url = urlsplit(stack.outputs.get("ApiStageUrl", ""))
    return url.netloc.partition(".")[0], url.path.strip("/")


def _origins_of(stack: Stack) -> frozenset[str]:
    port = urlsplit(stack.site_url).port
    return frozenset(f"http://{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]"))


def keep_out(app: Application, guard: Guard) -> Application:
    """Return an application that answers 403 to what the guard refuses, and looks at no more."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or guard.lets_in(Asked.of(scope)):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            told = [
                (b"content-type", b"text/plain"),
                (b"content-length", str(len(_REFUSAL)).encode()),
                (b"x-content-type-options", b"nosniff"),
            ]
            await send({"type": "http.response.start", "status": 403, "headers": told})
            await send({"type": "http.response.body", "body": _REFUSAL})

    return guarded
