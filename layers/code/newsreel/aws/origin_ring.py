"""Reads the values that prove a request came through the distribution, at most five minutes old.

The secret is the JSON ``{"current": "<random text>", "previous": "<the one before, or empty>"}``.
Rotation is: a new ring, five minutes later the distribution, then a ring without the old value.
"""

import json
from functools import lru_cache

from newsreel.aws.stored_secrets import read_secret


def read_origin_ring(secret_id: str) -> tuple[bytes, ...]:
    """Return every value that is right now; an empty one never is."""
    return _parse(read_secret(secret_id))


@lru_cache(maxsize=1)
def _parse(text: str) -> tuple[bytes, ...]:
    stored: dict[str, str] = json.loads(text)
    return tuple(value.encode() for value in stored.values() if value)
