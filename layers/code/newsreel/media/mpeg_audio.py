"""Decides whether a file is MPEG audio of layer III or II, and whether the whole of it is here.

Sources: ISO/IEC 11172-3 and 13818-3 (frame headers), id3.org (ID3v2), the "Xing" header that
encoders write into the first frame.
"""

import re
from typing import Literal, TypeAlias

from newsreel.catalogue.findings import RejectedError
from newsreel.media.ranged_file import RangedFile

Layer: TypeAlias = Literal["MP3", "MP2"]

_LAYERS: dict[int, Layer] = {1: "MP3", 2: "MP2"}
_MOST_ZEROS = 64 * 1024
_TAG_HEADER = 10
_LARGE_TAG = 1024 * 1024
_FARTHEST = 64 * 1024
_SYNC = re.compile(rb"\xff[\xe0-\xff]")
_FRAMES = 5
"""Frames in a row that no other content has by chance."""
_RATES = (44100, 48000, 32000)
_MPEG_1 = 3
_BIT_RATES = {
    ("MP3", True): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    ("MP2", True): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    ("MP3", False): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    ("MP2", False): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HAS_FRAMES, _HAS_BYTES = 1, 2


def after_tag(file: RangedFile, position: int = 0) -> int:
    """Return where a file goes on behind its ID3v2 tags, which may hold pictures."""
    while (tag := file.peek(position, 10))[:3] == b"ID3" and len(tag) == 10:  # noqa: PLR2004
        size = 0
        for byte in tag[6:10]:
            size = size << 7 | byte & 0x7F
        footer = 10 if tag[5] & 0x10 else 0
        position += 10 + size + footer
    return position


def examine(file: RangedFile) -> Layer | None:
    """Return the layer of MPEG audio, or None.

    Raises:
        RejectedError: ``incomplete``.
    """
    position = 0
    for _ in range(2):  # zeros stand before a tag or behind it
        position = after_tag(file, _after_zeros(file, position))
    if position and position >= file.size:
        raise RejectedError("incomplete", found=file.size, needed=position + 1)
    _hide_tag(file, position)
    first = file.read_at(position, 512)
    found = _read_header(first)
    if found is None:
        return None
    layer, length = found
    if length and position + length < file.size:
        following = _read_header(file.read_at(position + length, 4))
        if following is None or following[0] != layer:
            return None
    claimed = _claimed_bytes(first)
    if position + claimed > file.size:
        raise RejectedError("incomplete", found=file.size, needed=position + claimed)
    return layer


def _hide_tag(file: RangedFile, end: int) -> None:
    """Show an empty tag in place of a large one: nothing of its pictures is wanted."""
    size = end - _TAG_HEADER
    if _LARGE_TAG < size < 1 << 28:  # four times seven bits
        length = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
        file.cover(0, end, b"ID3\x04\x00\x00" + length)


def find(file: RangedFile) -> Layer | None:
    """Return the layer of MPEG audio that begins within a frame or behind something else, or None.

    Recorders and programs that cut streams begin anywhere; FFmpeg looks as far for the first frame.
    """
    data = file.read_at(0, _FARTHEST)
    places = (match.start() for match in _SYNC.finditer(data))
    return next((layer for place in places if (layer := _chained(data, place))), None)


def _chained(data: bytes, place: int) -> Layer | None:
    """Return the layer of a frame that others of its kind follow."""
    kinds: set[tuple[Layer, int, int]] = set()
    for _ in range(_FRAMES):
        header = data[place : place + 4]
        found = _read_header(header)
        if found is None or not found[1]:
            return None
        # What does not change within a stream: version, layer, sampling rate.
        kinds.add((found[0], header[1] & 0xFE, header[2] & 0x0C))
        place += found[1]
    return kinds.pop()[0] if len(kinds) == 1 else None


def _after_zeros(file: RangedFile, position: int) -> int:
    start = file.read_at(position, _MOST_ZEROS)
    zeros = len(start) - len(start.lstrip(b"\x00"))
    return position + (zeros if zeros < len(start) else 0)


def _read_header(data: bytes) -> tuple[Layer, int] | None:
    """Return a frame's layer and its bytes, 0 where they aren't told (free format)."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - the sync word
        return None
    version, layer = data[1] >> 3 & 3, _LAYERS.get(data[1] >> 1 & 3)
    rate, sampling = data[2] >> 4, data[2] >> 2 & 3
    if layer is None or version == 1 or rate == 15 or sampling == 3:  # noqa: PLR2004 - reserved
        return None
    first = version == _MPEG_1
    samples_per_second = _RATES[sampling] // (1 if first else 2 if version else 4)
    bits = _BIT_RATES[layer, first][rate] * 1000
    factor = 72 if layer == "MP3" and not first else 144
    padding = data[2] >> 1 & 1
    return layer, factor * bits // samples_per_second + padding if bits else 0


def _claimed_bytes(frame: bytes) -> int:
    """Return how many bytes the encoder says that it wrote, or 0."""
    for mark in (b"Xing", b"Info"):
        at = frame.find(mark, 4, 64)
        if at >= 0:
            flags = int.from_bytes(frame[at + 4 : at + 8], "big")
            if flags & _HAS_BYTES:
                bytes_at = at + 8 + (4 if flags & _HAS_FRAMES else 0)
                return int.from_bytes(frame[bytes_at : bytes_at + 4], "big")
    return 0
