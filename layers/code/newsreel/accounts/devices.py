"""Decides which browsers an account has seen: a cookie of 128 random bits, hashed with the account.

A known browser does not wait for failed log-ins from other browsers and causes no notice. The
cookie grants no access. Like a session it is valid only under the account's current epoch: after a
password reset, a browser that was known before is unknown.
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
    """The value of its device cookie, received or about to be set."""
    name: str
    """Family and system, such as ``Firefox, Windows``; empty if it does not say."""


def from_cookie(cookie: str | None, name: str) -> Browser:
    """Return the browser of a request by its device cookie, or a new one."""
    if cookie is not None and _TOKEN.fullmatch(cookie):
        return Browser(cookie, name)
    return Browser(secrets.token_hex(16), name)


def device_hash(account_id: str, token: str) -> str:
    """Return the hash of a device within one account; two accounts get different hashes for it."""
    return hashlib.sha256(f"{account_id}\x1f{token}".encode()).hexdigest()


def failures_hash(address_hash: str, token: str) -> str:
    """Return the key of the failure counter for a known browser and one address."""
    return hashlib.sha256(f"{address_hash}\x1f{token}".encode()).hexdigest()
