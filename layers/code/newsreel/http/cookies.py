"""Decides how the session is kept in a browser: cookies, written and read here alone.

``__Host-`` binds a cookie to our host, to https and to every path (RFC 6265bis, section 4.1.3.2).
"""

from http.cookies import CookieError, SimpleCookie

SESSION = "__Host-session"
DEVICE = "__Host-device"
SIGNED_IN = "signed_in"
_LONGEST_HEADER = 8192


def read(header: str | None) -> dict[str, str]:
    """Return the cookies of a ``Cookie`` header; one that cannot be read counts as none."""
    if not header or len(header) > _LONGEST_HEADER:
        return {}
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


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
