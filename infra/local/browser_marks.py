"""Tells requests of other sites' pages from those of our own pages and of tools.

A browser says itself where a request comes from; no script can change or drop what it says
(https://fetch.spec.whatwg.org/#forbidden-request-header). Tools say nothing of the kind.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

Headers: TypeAlias = Sequence[tuple[str, str]]
"""Names in lower case; a header that came twice stands here twice."""

# Nobody else can make these names lead here. The system resolves `localhost` (RFC 6761, section
# 6.3); the owner of any other name may point it at this machine (DNS rebinding).
_OWN_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")
_WRITTEN_BY_BROWSERS = frozenset(
    {"origin", "referer", "purpose", "ping-from", "ping-to", "access-control-request-method"}
)
_OWN_SITES = frozenset({"same-origin", "none"})


def told_by(headers: Mapping[str, str]) -> Headers:
    """Return what aiohttp read as headers; its mapping holds repeated ones, too."""
    return [(name.lower(), value) for name, value in headers.items()]


def values(headers: Headers, name: str) -> list[str]:
    """Return all values of a header."""
    return [value for other, value in headers if other == name]


def own_host(headers: Headers) -> str | None:
    """Return the one name and port that a request was sent to, or None unless it is our own."""
    hosts = values(headers, "host")
    if len(hosts) != 1 or not _OWN_HOST.fullmatch(hosts[0].lower()):
        return None
    return hosts[0].lower()


def is_of_a_browser(headers: Headers) -> bool:
    """Tell whether a browser sent a request, whichever page is open in it."""
    return any(
        name in _WRITTEN_BY_BROWSERS
        or name.startswith("sec-")
        or (name == "user-agent" and value.lower().startswith("mozilla/"))
        for name, value in headers
    )


def is_foreign(headers: Headers, own_origins: Collection[str]) -> bool:
    """Tell whether a page sent a request that does not stand at one of these origins."""
    sites = values(headers, "sec-fetch-site")
    told_half = not sites and any(name.startswith("sec-fetch-") for name, _ in headers)
    return (
        told_half
        or any(site not in _OWN_SITES for site in sites)
        or any(origin not in own_origins for origin in values(headers, "origin"))
        or any(_origin_of(page) not in own_origins for page in values(headers, "referer"))
    )


def _origin_of(page: str) -> str:
    try:
        parts = urlsplit(page)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
