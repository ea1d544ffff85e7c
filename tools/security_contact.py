"""Decides what ``/.well-known/security.txt`` says: whom to tell of a weakness (RFC 9116)."""

from datetime import datetime, timedelta

from newsreel.texts import messages

_SECURITY_TEXT_DAYS = 364
"""RFC 9116 recommends less than a year: a contact that is out of date is then known to be so."""


def security_text(contact: str, site_url: str, now: datetime) -> str:
    """Return a ``security.txt`` (RFC 9116), which each publication makes valid for a year."""
    expires = (now + timedelta(days=_SECURITY_TEXT_DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = {
        "Contact": f"mailto:{contact}",
        "Expires": expires,
        "Preferred-Languages": ", ".join(messages.LANGUAGES),
        "Canonical": f"{site_url}/.well-known/security.txt",
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items())
