"""The service's own addresses, which the template writes to SSM.

Functions behind the API must not reference the API or the distribution in the template: that would
make the stack a circle.
"""

import json
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from newsreel.aws import clients


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


@cache
def read_addresses(parameter: str) -> Addresses:
    """Read the addresses, once per environment."""
    value = clients.ssm().get_parameter(Name=parameter)["Parameter"]["Value"]
    stored: dict[str, str] = json.loads(value)
    return Addresses(
        stored["site_url"].rstrip("/"),
        stored["api_url"].rstrip("/"),
        stored.get("contact_email", ""),
    )
