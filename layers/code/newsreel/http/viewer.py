"""Decides who is let in, and which network address a request came from.

The distribution proves itself by a secret header. It alone is let in, and only beside its secret
are ``x-viewer-address`` and ``x-viewer-country`` believed, which it overwrites (``ViewerFacts`` and
``SitePages`` in ``infra/site.yaml``). Where the API may be called directly too, such a call has the
address that API Gateway saw. The client chooses every other header, ``X-Forwarded-For`` among them,
so none is read.
"""

import hmac
import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import NamedTuple, Protocol, Self

from newsreel.aws.origin_ring import read_origin_ring
from newsreel.refusals import Refusal

ADDRESS_HEADER = "x-viewer-address"
COUNTRY_HEADER = "x-viewer-country"
_COUNTRY = re.compile(r"[A-Z]{2}")
SECRET_HEADER = "x-origin-secret"  # noqa: S105 - the header's name, not the secret


class Viewer(NamedTuple):
    """Who asks, as far as the edge or the gateway tells."""

    address: str
    country: str = ""
    """ISO 3166-1 alpha-2; empty if unknown."""


class DoorSettings(Protocol):
    """The settings of a function behind the API."""

    @property
    def origin_secret(self) -> str:
        """Return the name of the secret that the distribution sends."""

    @property
    def direct_api(self) -> str:
        """Return the template's parameter of that name, ``yes`` or ``no``."""


class Door(NamedTuple):
    """Lets in what comes through the distribution, and the rest only if it may call directly."""

    origin_secret: str
    direct: bool

    @classmethod
    def of(cls, settings: DoorSettings) -> Self:
        """Return the door by a function's settings."""
        return cls(settings.origin_secret, settings.direct_api == "yes")

    def let_in(self, headers: Mapping[str, str], source_ip: str) -> "Viewer":
        """Return who asks; ``headers`` has lower-case names.

        Raises:
            Refusal: ``other_door``.
        """
        ring = read_origin_ring(self.origin_secret)
        if is_proved(headers.get(SECRET_HEADER, ""), ring):
            # The behaviour of videos' pages forwards no header, so it tells no address.
            address = _valid(headers.get(ADDRESS_HEADER, "")) or source_ip
            country = headers.get(COUNTRY_HEADER, "")
            return Viewer(address, country if _COUNTRY.fullmatch(country) else "")
        if not self.direct:
            raise Refusal("other_door")
        return Viewer(source_ip)


def is_proved(given: str, ring: tuple[bytes, ...]) -> bool:
    """Tell whether a value is one of the ring's, in a time that tells nothing of them."""
    value = given.encode("utf-8", "surrogatepass")
    # A list, not any(): all values are compared even if the first one matches.
    return True in [hmac.compare_digest(value, one) for one in ring]


def _valid(address: str) -> str | None:
    try:
        return str(ip_address(address))
    except ValueError:
        return None
