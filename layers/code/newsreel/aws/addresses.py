"""The service's own addresses, which the template writes into a secret with a computed name.

Functions behind the API must not reference the API or the distribution in the template: that would
make the stack a circle. A secret, because the keys come over the same connection.
"""

import json
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from newsreel.aws.stored_secrets import read_secret


class Addresses(NamedTuple):
    """The addresses at which people and programs reach the service, and whom people write to."""

    site_url: str
    """Without a slash at its end, as the API's."""
    api_url: str
    contact_email: str = ""
    """Empty where the deployment names nobody."""

    @property
    def origins(self) -> frozenset[str]:
        """Return the origins (scheme, host, port; RFC 6454) that are ours."""
        return frozenset(
            f"{parts.scheme}://{parts.netloc}"
            for parts in (urlsplit(self.site_url), urlsplit(self.api_url))
        )


def read_addresses(secret_id: str) -> Addresses:
    """Return the addresses, at most five minutes old."""
    return _parse(read_secret(secret_id))


@lru_cache(maxsize=1)
def _parse(text: str) -> Addresses:
    stored: dict[str, str] = json.loads(text)
    return Addresses(
        stored["site_url"].rstrip("/"),
        stored["api_url"].rstrip("/"),
        stored.get("contact_email", ""),
    )
