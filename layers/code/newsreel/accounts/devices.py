"""Decides which browsers an account has seen: a cookie of 128 random bits, hashed with the account.

A known browser waits for nobody else's failed log-ins and causes no notice. It opens nothing. Like
a session it counts under the account's present epoch: whoever was in before a password reset is a
stranger after it.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that a request came from."""

    token: str = field(repr=False)
    """What its device cookie holds, or will hold."""
    name: str
    """Family and system, such as ``Firefox, Windows``; empty if it does not say."""


def from_cookie(cookie: str | None, name: str) -> Browser:
    """Return the browser of a request by its device cookie, or a new one."""
    if cookie is not None and _TOKEN.fullmatch(cookie):
        return Browser(cookie, name)
    return Browser(secrets.token_hex(16), name)


def device_hash(account_id: str, token: str) -> str:
    """Return a device's place among those of an account: two accounts share nothing by it."""
    return hashlib.sha256(f"{account_id}\x1f{token}".encode()).hexdigest()


def failures_hash(address_hash: str, token: str) -> str:
    """Return where the failures of a known browser with one address are counted."""
    return hashlib.sha256(f"{address_hash}\x1f{token}".encode()).hexdigest()
