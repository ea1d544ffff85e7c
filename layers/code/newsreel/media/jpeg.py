"""Decides whether an uploaded picture is a whole JPEG that may be decoded, and how it is turned.

Sources: ITU-T T.81 annex B (markers), CIPA DC-008 (EXIF orientation).
"""

import struct
from dataclasses import dataclass

from newsreel.catalogue.findings import RejectedError
from newsreel.media.orientation import UPRIGHT, Orientation

MOST_PIXELS = 64_000_000
MOST_PROGRESSIVE_PIXELS = 16_000_000
"""A progressive picture is gone through once for each of its scans."""

_START, _END, _SCAN, _EXIF = 0xD8, 0xD9, 0xDA, 0xE1
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_WITHOUT_LENGTH = frozenset(range(0xD0, 0xD9)) | {0x01}
_ORIENTATION_TAG = 0x0112
_NUMBERS = {1: "B", 3: "H", 4: "I"}
"""Types of whole numbers: EXIF wants the second, some programs write another."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole JPEG: its size in pixels as stored, and how it is to be turned."""

    width: int
    height: int
    orientation: Orientation


def examine(data: bytes) -> Picture:
    """Return what a JPEG's markers tell.

    Raises:
        RejectedError: ``not_jpeg``, ``picture_cut`` or ``picture_too_large``.
    """
    if not data.startswith(b"\xff\xd8\xff"):
        raise RejectedError("not_jpeg")
    size: tuple[int, int] | None = None
    orientation = UPRIGHT
    position = 2
    while (marker := _next_marker(data, position)) is not None:
        kind, position = marker
        if kind == _END:
            if size is None:
                raise RejectedError("not_jpeg")
            return Picture(*size, orientation)
        if kind in _WITHOUT_LENGTH:
            continue
        length = int.from_bytes(data[position : position + 2], "big")
        segment = data[position + 2 : position + length]
        if length < 2:  # noqa: PLR2004 - its own two bytes
            raise RejectedError("not_jpeg")
        if kind in _FRAMES and len(segment) >= 5:  # noqa: PLR2004 - precision, height, width
            size = _size(segment, progressive=kind in _PROGRESSIVE)
        elif kind == _EXIF and segment.startswith(b"Exif\x00\x00"):
            orientation = _orientation(segment[6:])
        position += length
    raise RejectedError("picture_cut" if size else "not_jpeg")


def _next_marker(data: bytes, position: int) -> tuple[int, int] | None:
    """Return the next marker and where it ends; in a scan ``FF00`` and restarts are data."""
    while 0 <= (position := data.find(b"\xff", position)) < len(data) - 1:
        kind = data[position + 1]
        if kind == 0xFF:  # noqa: PLR2004 - a fill byte before a marker
            position += 1
        elif kind == 0 or kind in _WITHOUT_LENGTH:
            position += 2
        else:
            return kind, position + 2
    return None


def _size(segment: bytes, *, progressive: bool) -> tuple[int, int]:
    height, width = struct.unpack(">HH", segment[1:5])
    most = MOST_PROGRESSIVE_PIXELS if progressive else MOST_PIXELS
    if width * height > most:
        raise RejectedError("picture_too_large", limit=most // 1_000_000)
    return width, height


def _orientation(tiff: bytes) -> Orientation:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:  # noqa: PLR2004 - the header of TIFF
        return UPRIGHT
    (directory,) = struct.unpack(f"{order}I", tiff[4:8])
    if directory + 2 > len(tiff):
        return UPRIGHT
    (count,) = struct.unpack(f"{order}H", tiff[directory : directory + 2])
    for at in range(directory + 2, min(directory + 2 + count * 12, len(tiff) - 11), 12):
        tag, kind = struct.unpack(f"{order}HH", tiff[at : at + 4])
        if tag == _ORIENTATION_TAG and kind in _NUMBERS:
            (value,) = struct.unpack_from(order + _NUMBERS[kind], tiff, at + 8)
            return value if UPRIGHT <= value <= 8 else UPRIGHT  # noqa: PLR2004 - EXIF's last
    return UPRIGHT
