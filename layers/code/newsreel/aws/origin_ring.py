"""Reads the values that prove a request came through the distribution, at most five minutes old.

The secret is the JSON ``{"current": "<random text>", "previous": "<the one before, or empty>"}``.
Rotation is: a new ring, five minutes later the distribution, then a ring without the old value.
"""

import json
from typing import NamedTuple

from newsreel.aws import clients

_LONGEST_KEPT = 5 * 60


class _Kept(NamedTuple):
    values: tuple[bytes, ...]
    read_at: int


_kept: dict[str, _Kept] = {}


def read_origin_ring(secret_id: str, *, now: int) -> tuple[bytes, ...]:
    """Return every value that is right now; an empty one never is."""
    kept = _kept.get(secret_id)
    if kept is None or not 0 <= now - kept.read_at < _LONGEST_KEPT:
        text = clients.secretsmanager().get_secret_value(SecretId=secret_id)["SecretString"]
        stored: dict[str, str] = json.loads(text)
        kept = _Kept(tuple(value.encode() for value in stored.values() if value), now)
        _kept[secret_id] = kept
    return kept.values


def forget() -> None:
    """Drop what was read, so that a test starts with nothing."""
    _kept.clear()
