"""Decides which network address a request came from, and which network is one caller.

CloudFront overwrites ``x-viewer-address`` and adds the secret origin header; only with that header
is the address trusted. The client chooses ``X-Forwarded-For``, so it is never read.
"""

import hmac
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

ADDRESS_HEADER = "x-viewer-address"
SECRET_HEADER = "x-origin-secret"  # noqa: S105 - the header's name, not the secret


def viewer_address(
    headers: Mapping[str, str], source_ip: str, origin_secret: str
) -> IPv4Address | IPv6Address:
    """Return the viewer's address.

    ``headers`` has lower-case names. CloudFront writes IPv4 as ``192.0.2.1:443`` and IPv6 as
    ``2001:db8::1:443`` (the last colon precedes the port) in ``CloudFront-Viewer-Address``; our
    CloudFront Function removes the port.
    """
    given = headers.get(SECRET_HEADER, "")
    if hmac.compare_digest(given.encode(), origin_secret.encode()):
        try:
            return ip_address(headers.get(ADDRESS_HEADER, ""))
        except ValueError:
            pass
    return ip_address(source_ip)


def network_of(address: IPv4Address | IPv6Address) -> str:
    """Return the network that counts as one caller: an IPv4 address, or an IPv6 /56."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 56), strict=False))
    return str(address)
