"""Decides under which name the mail table knows an address: an HMAC, which the table cannot undo.

A plain hash of an address can be undone by hashing every address there is; this one needs the ring
"delivery trail" too.
"""

import hashlib
import hmac

from newsreel.aws.keyring import Keyring

_PURPOSE = "delivery trail"
_LENGTH = 32


def who_of(address_canonical: str, keyring: Keyring) -> str:
    """Return the name of an address under the ring's current key: 32 hexadecimal digits."""
    return _under(keyring, address_canonical, keyring.current)


def all_of(address_canonical: str, keyring: Keyring) -> tuple[str, ...]:
    """Return the names of an address under every key of the ring, the current one first."""
    older = [key_id for key_id in keyring.keys if key_id != keyring.current]
    return tuple(_under(keyring, address_canonical, one) for one in (keyring.current, *older))


def _under(keyring: Keyring, address_canonical: str, key_id: str) -> str:
    key = keyring.derive(_PURPOSE, key_id)
    return hmac.digest(key, address_canonical.encode(), hashlib.sha256).hex()[:_LENGTH]
