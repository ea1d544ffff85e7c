"""Decides how a browser keeps its session: only this module writes and reads cookies.

``__Host-`` binds a cookie to our host, to https and to every path (RFC 6265bis, section 4.1.3.2).
"""

import secrets

SESSION = "__Host-session"
DEVICE = "__Host-device"
SIGNED_IN = "signed_in"
_LONGEST_HEADER = 10_240
"""Characters: as many as API Gateway lets through. A neighbouring domain's cookies may be long."""


def read(header: str | None) -> dict[str, str]:
    """Return the cookies of a ``Cookie`` header; omits a name that has two different values.

    The header is split at semicolons only, as browsers join it (RFC 6265, section 5.4). The
    standard library's parser also ends a value at a space, which would turn a neighbouring domain's
    ``x=1 __Host-session=...`` into a session, and it stops at the first cookie that it cannot
    parse.
    """
    if not header or len(header) > _LONGEST_HEADER:
        return {}
    values: dict[str, str] = {}
    ambiguous: set[str] = set()
    for pair in header.split(";"):
        name, equals, value = pair.strip(" \t").partition("=")
        if equals and values.setdefault(name, value) != value:
            ambiguous.add(name)
    return {name: value for name, value in values.items() if name not in ambiguous}


def sign_in(token: str, max_age: int | None) -> list[str]:
    """Return a new session's cookies; without ``max_age`` (seconds) they end with the browser."""
    life = "" if max_age is None else f"; Max-Age={max_age}"
    return [
        f"{SESSION}={token}; Path=/; Secure; HttpOnly; SameSite=Lax{life}",
        # Readable by scripts, so that a page knows whether to fetch the account. It proves nothing.
        # Each session has another mark: a page tells by it whose a late answer is.
        f"{SIGNED_IN}={secrets.token_hex(4)}; Path=/; Secure; SameSite=Lax{life}",
    ]


def mark_device(token: str, max_age: int) -> str:
    """Return the cookie by which an account recognises a browser; it grants no access."""
    return f"{DEVICE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={max_age}"
