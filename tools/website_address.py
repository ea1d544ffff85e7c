"""Decides at which addresses people can open a website."""

from urllib.parse import urlsplit


def is_site_url(text: str) -> bool:
    """Tell whether people can open a website at this address."""
    # Every page contains the address as the one that search engines should show.
    parts = urlsplit(text)
    is_safe = parts.scheme == "https" or parts.hostname == "localhost"
    return is_safe and bool(parts.hostname) and parts.path in {"", "/"} and not parts.query
