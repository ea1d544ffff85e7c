"""Decides whose budget something counts against: an address, a network, or the whole service.

Addresses and networks are HMACs, so the table tells neither. A network is an IPv4 address or an
IPv6 /56, which is what one household or office gets (RFC 6177, section 2).
"""

import hashlib
import hmac
import ipaddress
import secrets
from typing import NamedTuple

from newsreel.aws.keyring import Keyring

_IPV6_PREFIX = 56
_SERVICE_SHARDS = 10


class Subject(NamedTuple):
    """One item of counts. A sharded subject has ``1 / shards`` of every limit in each item."""

    name: str
    shards: int = 1


def address_subject(who: str) -> Subject:
    """Return the subject of an address by its name in the mail table (``mail_table.who``)."""
    return Subject(f"address#{who}")


def browser_subject(device_hash: str) -> Subject:
    """Return the subject of a browser that an account knows, by its hash within the account."""
    return Subject(f"browser#{device_hash[:32]}")


def network_subject(client_address: str, keyring: Keyring) -> Subject:
    """Return the subject of the network that a client's IP address belongs to.

    An IPv4 address within IPv6 (``::ffff:192.0.2.1``) is the IPv4 address.

    Raises:
        ValueError: it is no IP address.
    """
    address = ipaddress.ip_address(client_address)
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        network = str(mapped or ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
    else:
        network = str(address)
    digest = hmac.digest(keyring.derive("networks"), network.encode(), hashlib.sha256)
    return Subject(f"network#{digest.hex()[:32]}")


def service_subject() -> Subject:
    """Return one of the ten items of the whole service, by chance: one item would be a hot key.

    All ten together never let more pass than the limit; a single one may be full a little earlier.
    """
    return Subject(f"service#{secrets.randbelow(_SERVICE_SHARDS)}", shards=_SERVICE_SHARDS)
