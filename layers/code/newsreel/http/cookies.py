"""Decides how the session is kept in a browser: cookies, written and read here alone.

``__Host-`` binds a cookie to our host, to https and to every path (RFC 6265bis, section 4.1.3.2).
"""

SESSION = "__Host-session"
DEVICE = "__Host-device"
SIGNED_IN = "signed_in"
_LONGEST_HEADER = 8192


def read(header: str | None) -> dict[str, str]:
    """Return the cookies of a ``Cookie`` header; one that comes with two values counts as none.

    Taken apart at semicolons alone, as browsers put it together (RFC 6265, section 5.4). The
    standard library's parser also ends a value at a space, so that a neighbouring domain's
    ``x=1 __Host-session=...`` would become a session, and gives up at a cookie it does not like.
    """
    if not header or len(header) > _LONGEST_HEADER:
        return {}
    found: dict[str, str] = {}
    doubtful: set[str] = set()
    for pair in header.split(";"):
        name, equals, value = pair.strip(" \t").partition("=")
        if equals and found.setdefault(name, value) != value:
            doubtful.add(name)
    return {name: value for name, value in found.items() if name not in doubtful}


def sign_in(token: str, max_age: int | None) -> list[str]:
    """Return a new session's cookies; without ``max_age`` (seconds) they go with the browser."""
    life = "" if max_age is None else f"; Max-Age={max_age}"
    return [
        f"{SESSION}={token}; Path=/; Secure; HttpOnly; SameSite=Lax{life}",
        # Readable, so that a page knows whether to ask for the account at all. It proves nothing.
        f"{SIGNED_IN}=1; Path=/; Secure; SameSite=Lax{life}",
    ]


def mark_device(token: str, max_age: int) -> str:
    """Return the cookie by which an account knows a browser again; it opens nothing by itself."""
    return f"{DEVICE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={max_age}"


def sign_out() -> list[str]:
    """Return the cookies that end a session in the browser."""
    return [
        f"{SESSION}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
        f"{SIGNED_IN}=; Path=/; Secure; SameSite=Lax; Max-Age=0",
    ]
