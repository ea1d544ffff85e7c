"""Decides where the fragments of an MP4 stand that has no list of them (ISO/IEC 14496-12, 8.8).

Each box says where the next one begins, so a chain of them is followed a request at a time. Of a
file with very many, the last fragments are found from its end.
"""

import re

from newsreel.catalogue.findings import RejectedError
from newsreel.media.boxes import Box, body_of, children
from newsreel.media.ranged_file import RangedFile

FRAGMENT = b"moof"
SIZES = 0x200
"""The flag of a run that tells the size of each sample."""

_DURATIONS = 0x100
_MOST_SAMPLES = 10_000
_LOOKS = (256 * 1024, 2 * 1024 * 1024, 8 * 1024 * 1024)
"""Bytes at the end in which the last fragments are looked for, one after another."""
_PIECE = 1024 * 1024
_BEGINNING = re.compile(rb"moof\x00\x00\x00\x10mfhd")
"""A fragment's name and its first box, whose length is fixed; the size is before the name."""
_CANDIDATES = 8
_CHAIN = 64
"""Boxes that may follow on so few candidates."""


def walk(file: RangedFile, position: int, limit: int, most: int) -> tuple[list[Box], int]:
    """Return the fragments up to a place, and how far at most so many boxes have led.

    Raises:
        RejectedError: ``incomplete``, a box ends beyond the file.
    """
    found: list[Box] = []
    for _ in range(most):
        if position >= limit:
            break
        header = file.peek(position, 16)
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        elif size == 0 and header[4:8] == bytes(4):
            return found, limit  # some writers pad a whole file with zeros
        elif size == 0:
            _need(file, position + 8 + (_bytes_of(file, found[-1]) if found else 0))
            return found, limit
        _need(file, position + max(size, 8))
        if header[4:8] == FRAGMENT:
            found.append(Box(FRAGMENT, position, position + 8, position + size))
        position += max(size, 8)
    return found, position


def find_last(file: RangedFile, after: int) -> list[Box] | None:
    """Return the last fragments behind a place, or None if they are too large to be found.

    What looks like a fragment is one if the boxes from it on lead to the end of the file.

    Raises:
        RejectedError: ``incomplete``, each of them leads beyond the end.
    """
    for length in _LOOKS:
        start = max(after, file.size - length)
        file.hold([(at, min(_PIECE, file.size - at)) for at in range(start, file.size, _PIECE)])
        data = file.read_at(start, file.size - start)
        places = [start + match.start() - 4 for match in _BEGINNING.finditer(data, 4)]
        found = _leading_to_the_end(file, places[-_CANDIDATES:])
        if found is not None:
            return found
    return None


def _leading_to_the_end(file: RangedFile, places: list[int]) -> list[Box] | None:
    cut: RejectedError | None = None
    for place in places:
        try:
            found, end = walk(file, place, file.size, _CHAIN)
        except RejectedError as error:
            cut = error
            continue
        if end == file.size:
            return found
    if cut is not None:
        raise cut
    return None


def total_of(file: RangedFile, run: Box, column: int, default: int) -> int:
    """Return the sum of one column of a run ("trun", 8.8.8), or of defaults where it has none."""
    head = body_of(file, run, 8)
    flags, count = int.from_bytes(head[1:4], "big"), int.from_bytes(head[4:], "big")
    if not flags & column:
        return default * count
    skip = 8 + sum(4 for flag in (0x1, 0x4) if flags & flag)
    width = sum(4 for flag in (0x100, 0x200, 0x400, 0x800) if flags & flag)
    at = 4 if column == SIZES and flags & _DURATIONS else 0
    rows = body_of(file, run, skip + width * min(count, _MOST_SAMPLES))[skip:]
    starts = range(at, len(rows) - width + 1 + at, width)
    return sum(int.from_bytes(rows[start : start + 4], "big") for start in starts)


def _need(file: RangedFile, needed: int) -> None:
    if needed > file.size:
        raise RejectedError("incomplete", found=file.size, needed=needed)


def _bytes_of(file: RangedFile, fragment: Box) -> int:
    runs = [box for track in children(file, fragment) for box in children(file, track)]
    return sum(total_of(file, box, SIZES, 0) for box in runs if box.kind == b"trun")
