"""Decides which of S3's own checksums of a whole object are compared with what was read of it."""

import base64
import binascii
import zlib
from collections.abc import Callable, Mapping, Sequence

from newsreel.catalogue.model import Checksum

_UPDATES: dict[str, tuple[Callable[[bytes, int], int], int]] = {"CRC32": (zlib.crc32, 4)}
"""How each is continued over more bytes, and how many bytes it has."""


def computable(reported: Sequence[Checksum]) -> tuple[str, ...]:
    """Return the algorithms of reported checksums that can be computed here."""
    whole = {one.algorithm for one in reported if one.type == "FULL_OBJECT"}
    return tuple(sorted(whole & _UPDATES.keys()))


def begun(algorithms: Sequence[str]) -> dict[str, int]:
    """Return checksums of nothing."""
    return dict.fromkeys(algorithms, 0)


def updated(algorithm: str, value: int, data: bytes) -> int:
    """Return a checksum with more bytes."""
    update, _length = _UPDATES[algorithm]
    return update(data, value)


def agree(computed: Mapping[str, int], reported: Sequence[Checksum]) -> bool:
    """Tell whether checksums of the whole object are those that S3 reports (base64)."""
    return all(
        _number(one.value, _UPDATES[one.algorithm][1]) == computed[one.algorithm]
        for one in reported
        if one.type == "FULL_OBJECT" and one.algorithm in computed
    )


def _number(value: str, length: int) -> int | None:
    try:
        decoded = base64.b64decode(value, validate=True)
    except binascii.Error:
        return None
    return int.from_bytes(decoded, "big") if len(decoded) == length else None
