"""Decides under which name an address stands in the delivery trail and in suppressions.

The name is keyed, so that whoever reads the table cannot try addresses against it.
"""

import hashlib
import hmac

from newsreel.aws.keyring import Keyring

PURPOSE = "delivery trail"
_DIGITS = 32


def who_of(address: str, keyring: Keyring, key_id: str | None = None) -> str:
    """Return the name of a canonical address: 32 hex digits of its HMAC-SHA-256."""
    key = keyring.derive(PURPOSE, key_id)
    return hmac.digest(key, address.encode(), hashlib.sha256).hex()[:_DIGITS]


def all_of(address: str, keyring: Keyring) -> tuple[str, ...]:
    """Return the names of an address under every key of the ring, the current one first."""
    older = sorted(key_id for key_id in keyring.keys if key_id != keyring.current)
    return tuple(who_of(address, keyring, key_id) for key_id in (keyring.current, *older))
