"""Decides what the front door compresses: what CloudFront would, which the local one does not do.

The rules are CloudFront's ("Serve compressed files", developer guide): behaviours that say
``Compress``, text of 1,000 to 10,000,000 bytes, nothing that is compressed already. It would choose
brotli where a browser takes it, which is smaller still.
"""

from collections.abc import Mapping, MutableMapping

_SMALLEST, _LARGEST = 1_000, 10_000_000
_NEVER = "/api/"
"""The one behaviour without ``Compress``: API Gateway compresses what it answers itself."""
_KINDS = frozenset(
    {
        "application/javascript",
        "application/json",
        "image/svg+xml",
        "text/css",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)
"""Of CloudFront's list, those that the site has."""


def compresses(path: str, asked: Mapping[str, str], answered: Mapping[str, str]) -> bool:
    """Return whether an answer to ``asked`` travels compressed; names of headers have no case."""
    size = answered.get("Content-Length", "")
    return (
        not path.startswith(_NEVER)
        and "gzip" in asked.get("Accept-Encoding", "")
        and "Content-Encoding" not in answered
        and "Content-Range" not in answered
        and answered.get("Content-Type", "").partition(";")[0].strip() in _KINDS
        and size.isdecimal()
        and _SMALLEST <= int(size) <= _LARGEST
    )


def note(headers: MutableMapping[str, str]) -> None:
    """Say in an answer's headers that its bytes are others: no length yet, a weak tag."""
    headers.pop("Content-Length", None)
    headers.pop("Accept-Ranges", None)
    vary = headers.get("Vary")
    headers["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
    tag = headers.get("ETag", "")
    if tag.startswith('"'):
        headers["ETag"] = f"W/{tag}"
