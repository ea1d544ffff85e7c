"""Decides where the boxes of an MP4 or MOV lie (ISO/IEC 14496-12), reading little but headers."""

from collections.abc import Iterator
from dataclasses import dataclass

from newsreel.media.ranged_file import RangedFile

WINDOW = 4 * 1024
"""Bytes read around a header: small boxes stand beside each other."""

_HEADER = 8
_LARGE_HEADER = 16
_MOST_CHILDREN = 500


@dataclass(frozen=True, slots=True)
class Box:
    """A box; ``start`` and ``end`` are offsets in the file, ``body`` is behind its header."""

    kind: bytes
    start: int
    body: int
    end: int
    open_ended: bool = False

    @property
    def size(self) -> int:
        """Return the bytes behind the header."""
        return self.end - self.body


def read_box(file: RangedFile, position: int, limit: int) -> Box | None:
    """Return the box at a position, or None where there is no header of one.

    A size of 0 means "to the end of the file". ``limit`` is where the enclosing box ends; the box
    may claim to end beyond it.
    """
    if limit - position < _HEADER:
        return None
    file.peek(position, min(WINDOW, limit - position))
    header = file.read_at(position, min(_LARGE_HEADER, limit - position))
    size, kind, body = int.from_bytes(header[:4], "big"), header[4:8], position + _HEADER
    if size == 0:
        return Box(kind, position, body, limit, open_ended=True)
    if size == 1:
        size, body = int.from_bytes(header[8:], "big"), position + _LARGE_HEADER
    if size < body - position or len(header) < body - position:
        return None
    return Box(kind, position, body, position + size)


def children(file: RangedFile, parent: Box, skip: int = 0) -> Iterator[Box]:
    """Return the boxes within another; those that claim more than their parent has are left out.

    ``skip`` is the number of bytes before the first one.
    """
    position = parent.body + skip
    for _ in range(_MOST_CHILDREN):
        box = read_box(file, position, parent.end)
        if box is None or box.end > parent.end:
            return
        yield box
        position = box.end


def body_of(file: RangedFile, box: Box, most: int) -> bytes:
    """Return the first ``most`` bytes behind a box's header."""
    length = min(box.size, most)
    file.peek(box.body, length)
    return file.read_at(box.body, length)
