"""Decides which browsers an account has seen: by random marks in a cookie, hashed with the account.

A known browser does not wait for failed log-ins from other browsers and causes no notice. The
cookie grants no access. Each account gives a browser that is new to it a mark of its own: one that
was planted there, or that another account gave, is never its own. Like a session a mark is valid
only under the account's current epoch: after a password reset, a browser that was known before is
unknown.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

_TOKEN = re.compile(r"[0-9a-f]{32}")
_BETWEEN = "."
_MOST = 4
"""Marks of one browser: so many people share it without being strangers each time."""


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that a request came from."""

    tokens: tuple[str, ...] = field(repr=False)
    """The marks in its device cookie, the newest first; none for a new browser."""
    name: str
    """Family and system, such as ``Firefox, Windows``; empty if it does not say."""
    country: str = ""
    """Where the request came from, by the edge; empty if unknown. No network address is kept."""

    def marked_by(self, token: str) -> str:
        """Return the device cookie that it gets: this mark, then those that it has."""
        others = [one for one in self.tokens if one != token]
        return _BETWEEN.join([token, *others][:_MOST])


def from_cookie(cookie: str | None, name: str, country: str = "") -> Browser:
    """Return the browser of a request by its device cookie."""
    parts = (cookie or "").split(_BETWEEN)[:_MOST]
    return Browser(tuple(dict.fromkeys(filter(_TOKEN.fullmatch, parts))), name, country)


def new_token() -> str:
    """Return a mark for a browser that is new to an account: 128 random bits."""
    return secrets.token_hex(16)


def device_hash(account_id: str, token: str) -> str:
    """Return the hash of a device within one account; two accounts get different hashes for it."""
    return hashlib.sha256(f"{account_id}\x1f{token}".encode()).hexdigest()


def failures_hash(address_hash: str, token: str) -> str:
    """Return the key of the failure counter for a known browser and one address."""
    return hashlib.sha256(f"{address_hash}\x1f{token}".encode()).hexdigest()
