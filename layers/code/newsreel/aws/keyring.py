"""Keys from Secrets Manager: at most five minutes old, named so that they can be rotated.

A key ring is the JSON ``{"current": "k1", "k1": "<random text>", ...}``. New work uses the current
key; older work names its key and stays readable until that key is removed.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from functools import lru_cache

from newsreel.aws.stored_secrets import read_secret


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one purpose; ``repr`` never shows them."""

    current: str
    keys: dict[str, bytes] = field(repr=False)

    def derive(self, purpose: str, key_id: str | None = None) -> bytes:
        """Return 32 bytes for one purpose: HMAC-SHA-256 of its name (NIST SP 800-108, one block).

        Raises:
            KeyError: no key has that id (it was removed by a rotation).
        """
        key = self.keys[self.current if key_id is None else key_id]
        return hmac.digest(key, b"newsreel/" + purpose.encode(), hashlib.sha256)


def read_keyring(secret_id: str) -> Keyring:
    """Return a key ring, at most five minutes old."""
    return _parse(read_secret(secret_id))


@lru_cache(maxsize=4)
def _parse(text: str) -> Keyring:
    values: dict[str, str] = json.loads(text)
    current = values.pop("current")
    return Keyring(current, {key_id: value.encode() for key_id, value in values.items()})
