"""Reads which part of a track its edit list shows (ISO/IEC 14496-12, 8.6.6)."""

import struct
from dataclasses import dataclass

from newsreel.media.boxes import Box, body_of, children
from newsreel.media.ranged_file import RangedFile

_MOST_BYTES = 256 * 1024
_EMPTY = -1
"""The time of an edit that shows nothing, so that what follows begins later."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What an edit list shows: nothing at all ``before``, then ``shown`` from ``first`` on.

    The first two are in ticks of the movie, ``first`` is in ticks of the track. ``parts`` are what
    is shown one after another: a length in ticks of the movie, and the time in those of the track.
    """

    before: int
    shown: int
    first: int
    parts: tuple[tuple[int, int], ...]


def read(file: RangedFile, box: Box | None) -> Edits | None:
    """Return what a track's box of edits says; None where there is none, or nothing is left."""
    rows = _rows(file, box)
    shown = [(length, time) for length, time in rows if time > _EMPTY and length]
    if not shown:
        return None
    return Edits(
        before=sum(length for length, time in rows if time <= _EMPTY),
        shown=sum(length for length, _time in shown),
        first=min(time for _length, time in shown),
        parts=tuple(shown),
    )


def delay(file: RangedFile, box: Box | None) -> int:
    """Return for how many ticks of the movie a track shows nothing, also if all is in fragments."""
    return sum(length for length, time in _rows(file, box) if time <= _EMPTY)


def _rows(file: RangedFile, box: Box | None) -> list[tuple[int, int]]:
    lists = [child for child in children(file, box) if child.kind == b"elst"] if box else []
    if not lists:
        return []
    data = body_of(file, lists[0], _MOST_BYTES)
    form = ">QqI" if data[:1] == b"\x01" else ">IiI"
    width = struct.calcsize(form)
    count = min(int.from_bytes(data[4:8], "big"), (len(data) - 8) // width)
    rows = (struct.unpack_from(form, data, 8 + number * width) for number in range(count))
    return [(length, time) for length, time, _rate in rows]
