"""Decides which of S3's own checksums of a whole object are compared with what was read of it.

A CRC is continued from one number, so that number is all that a step hands on to the next. Python
has the CRC-32; the two that clients of AWS send by themselves come from AWS's library, which has a
layer of its own. Without it they are shown, as they always are, and not compared.
"""

import base64
import binascii
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

from newsreel.catalogue.model import Checksum

Update: TypeAlias = Callable[[bytes, int], int]


class _Kind(NamedTuple):
    """A CRC: how it is continued over more bytes, how many bytes it has, and its check value.

    The check value is that of ``123456789`` (catalogue of parametrised CRC algorithms, reveng).
    """

    update: Update
    length: int
    check: int


_TRIAL = b"123456789"


def lacking() -> tuple[str, ...]:
    """Return the algorithms that are not compared here, because their library is missing."""
    return tuple(sorted({"CRC32C", "CRC64NVME"} - _kinds().keys()))


def computable(reported: Sequence[Checksum]) -> tuple[str, ...]:
    """Return the algorithms of reported checksums that can be computed here."""
    whole = {one.algorithm for one in reported if one.type == "FULL_OBJECT"}
    return tuple(sorted(whole & _kinds().keys()))


def begun(algorithms: Sequence[str]) -> dict[str, int]:
    """Return checksums of nothing."""
    return dict.fromkeys(algorithms, 0)


def continued(sums: Mapping[str, int], data: bytes) -> dict[str, int]:
    """Return checksums with more bytes."""
    return {name: _kinds()[name].update(data, value) for name, value in sums.items()}


def agree(computed: Mapping[str, int], sha256: str, reported: Sequence[Checksum]) -> bool:
    """Tell whether what was computed of the whole object is what S3 reports of it.

    ``sha256`` is in hexadecimal, as is S3's own, if it has one; the others are in base64.
    """
    whole = [one for one in reported if one.type == "FULL_OBJECT"]
    numbers = [one for one in whole if one.algorithm in computed]
    return all(one.value == sha256 for one in whole if one.algorithm == "SHA256") and all(
        _number(one.value, _kinds()[one.algorithm].length) == computed[one.algorithm]
        for one in numbers
    )


@cache
def _kinds() -> dict[str, _Kind]:
    """Return what can be computed here; a library that computes something else does not count."""
    return {name: kind for name, kind in _candidates() if _is_right(kind)}


def _candidates() -> Iterator[tuple[str, _Kind]]:
    yield "CRC32", _Kind(zlib.crc32, 4, 0xCBF43926)
    try:
        # Only when something is compared: ingest, which has it too, starts without it.
        from awscrt import checksums  # noqa: PLC0415
    except (ImportError, OSError):
        return
    yield "CRC32C", _Kind(checksums.crc32c, 4, 0xE3069283)
    yield "CRC64NVME", _Kind(checksums.crc64nvme, 8, 0xAE8B14860A799888)


def _is_right(kind: _Kind) -> bool:
    return all(
        kind.update(_TRIAL[cut:], kind.update(_TRIAL[:cut], 0)) == kind.check for cut in (0, 4)
    )


def _number(value: str, length: int) -> int | None:
    try:
        decoded = base64.b64decode(value, validate=True)
    except binascii.Error:
        return None
    return int.from_bytes(decoded, "big") if len(decoded) == length else None
