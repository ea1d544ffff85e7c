"""Reads what is needed of a track's sample tables (ISO/IEC 14496-12 section 8.6 and 8.7)."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from newsreel.media.boxes import WINDOW, Box, body_of
from newsreel.media.ranged_file import RangedFile

READ_WHOLE = 1024 * 1024
"""Bytes of a table that is read from its beginning to its end; of larger ones only parts are."""

_LARGEST_RUNS = 6 * 1024 * 1024
"""Bytes of ``stsc`` that are read to find one sample: in twelve hours it can change each frame."""

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The tables of a few samples: entries of ``stts``, ``ctts`` and ``stsc`` as they stand there.

    ``sizes`` are empty where all samples have ``fixed_size``.
    """

    count: int
    fixed_size: int
    sizes: Sequence[int]
    times: Sequence[tuple[int, ...]]
    later: Sequence[tuple[int, ...]]
    runs: Sequence[tuple[int, ...]]
    offsets: Sequence[int]


class SampleTables:
    """The tables of one track; positions of samples and chunks count from 0."""

    def __init__(self, file: RangedFile, boxes: Mapping[bytes, Box]) -> None:
        self._file = file
        self._boxes = boxes

    @cached_property
    def count(self) -> int:
        """Return the number of samples."""
        sizes = self._boxes.get(b"stsz") or self._boxes.get(b"stz2")
        if sizes is None:
            return 0
        count = self._number(sizes, 8)
        # A table can't have more entries than bytes, whatever it claims.
        return count if self._fixed_size else min(count, (sizes.size - 12) * 8 // self._size_bits)

    @cached_property
    def chunks(self) -> int:
        """Return the number of chunks."""
        box = self._offsets
        if box is None:
            return 0
        return min(self._number(box, 4), max(0, box.size - 8) // self._offset_bytes)

    def sizes(self, first: int, count: int, bytes_per_sample: int = 0) -> Sequence[int]:
        """Return the bytes of some samples."""
        count = min(count, self.count - first)
        if count <= 0:
            return []
        if self._fixed_size:
            fixed = bytes_per_sample if self._fixed_size == 1 else self._fixed_size
            return [fixed] * count
        if self._size_bits == 4:  # noqa: PLR2004 - bits: two sizes in a byte
            data = self._slice(b"stz2", 12 + first // 2, count // 2 + 1)
            both = [half for byte in data for half in (byte >> 4, byte & 15)]
            return both[first % 2 : first % 2 + count]
        width = self._size_bits // 8
        kind = b"stsz" if b"stsz" in self._boxes else b"stz2"
        return _numbers(self._slice(kind, 12 + first * width, count * width), width)

    def offsets(self, first: int, count: int) -> Sequence[int]:
        """Return where some chunks start in the file."""
        box = self._offsets
        if box is None:
            return []
        width = self._offset_bytes
        count = max(0, min(count, self.chunks - first))
        return _numbers(self._slice(box.kind, 8 + first * width, count * width), width)

    @cached_property
    def runs(self) -> int:
        """Return the number of entries of ``stsc``."""
        return self._entries(b"stsc", 12)

    def chunk_of(self, sample: int, most: int = READ_WHOLE) -> tuple[int, int] | None:
        """Return a sample's chunk and that chunk's first sample; None if that costs too much.

        ``most`` is how many bytes of ``stsc`` may be read.
        """
        if self.runs * 12 > most:
            return None
        rows = self._all_runs
        before = 0
        for number, (first, many, _description) in enumerate(rows):
            following = rows[number + 1][0] if number + 1 < len(rows) else self.chunks + 1
            covered = max(0, following - first) * many
            if many and sample < before + covered:
                chunks = (sample - before) // many
                return first - 1 + chunks, before + chunks * many
            before += covered
        return None

    @cached_property
    def _all_runs(self) -> Sequence[tuple[int, ...]]:
        return self._rows(b"stsc", ">III", self.runs)

    def beginning(self, most: int) -> "Excerpt":
        """Return the tables of the first samples alone."""
        left = count = min(self.count, most)
        rows: list[tuple[int, int, int]] = []
        runs = self._rows(b"stsc", ">III", min(self.runs, most))
        for number, (first, many, description) in enumerate(runs):
            following = runs[number + 1][0] if number + 1 < len(runs) else self.chunks + 1
            whole = min(max(0, following - first), left // many if many else 0)
            if whole:
                rows.append((first, many, description))
                left -= whole * many
            if left and whole < following - first:
                rows.append((first + whole, left, description))
                left = 0
            if not left:
                break
        chunks = rows[-1][0] + most if rows else 0
        return Excerpt(
            count=count - left,
            fixed_size=self._fixed_size,
            sizes=[] if self._fixed_size else self.sizes(0, count - left),
            times=self._rows(b"stts", ">II", min(most, self._entries(b"stts", 8))),
            later=self._rows(b"ctts", ">Ii", min(most, self._entries(b"ctts", 8))),
            runs=rows,
            offsets=self.offsets(0, chunks),
        )

    def location_of(self, sample: int) -> tuple[int, int] | None:
        """Return where a sample starts and its bytes; None if that can't be told cheaply."""
        found = self.chunk_of(sample, _LARGEST_RUNS) if sample else (0, 0)
        if found is None or sample >= self.count:
            return None
        chunk, first = found
        offsets = self.offsets(chunk, 1)
        if not offsets or sample - first > READ_WHOLE // 4:
            return None
        *before, size = self.sizes(first, sample - first + 1)
        return offsets[0] + sum(before), size

    def sync_before(self, sample: int) -> int | None:
        """Return the last keyframe at or before a sample; without a table each sample is one."""
        if b"stss" not in self._boxes:
            return min(sample, self.count - 1)
        low, high = 0, self._entries(b"stss", 4)
        if not high:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._sync(middle) <= sample else (low, middle)
        return max(0, self._sync(low))

    @cached_property
    def first_is_later(self) -> int:
        """Return by how many ticks the first sample is shown later than it is decoded."""
        rows = self._rows(b"ctts", ">Ii", min(1, self._entries(b"ctts", 8)))
        return rows[0][1] if rows else 0

    def times(self, most: int) -> Sequence[tuple[int, int]]:
        """Return the first entries of ``stts``: how many samples, and the ticks of each."""
        rows = self._rows(b"stts", ">II", min(most, self._entries(b"stts", 8)))
        return [(many, ticks) for many, ticks in rows]

    def last_byte(self, bytes_per_sample: int = 0) -> int:
        """Return how long the file must be at least for these samples to be in it.

        Exact for the last chunk; among the others of a large table only some are looked at, and of
        those only where they start.
        """
        if not self.chunks or not self.runs or not self.count:
            return 0
        step = _PIECE // 8
        if self.chunks * self._offset_bytes <= READ_WHOLE:
            furthest = max(self.offsets(0, self.chunks), default=-1)
        else:
            furthest = max(*self.offsets(0, step), *self.offsets(self.chunks - step, step))
        found = self.chunk_of(self.count - 1)
        if found is None:
            many = self._rows(b"stsc", ">III", 1, skip=self.runs - 1)[0][1]
            found = self.chunks - 1, self.count - min(many, self.count)
        chunk, first = found
        sizes = self.sizes(first, min(self.count - first, READ_WHOLE // 4), bytes_per_sample)
        start = self.offsets(chunk, 1)
        return max(furthest + 1, (start[0] if start else 0) + sum(sizes))

    def _sync(self, number: int) -> int:
        return int.from_bytes(self._slice(b"stss", 8 + number * 4, 4), "big") - 1

    @cached_property
    def _fixed_size(self) -> int:
        return self._number(self._boxes[b"stsz"], 4) if b"stsz" in self._boxes else 0

    @cached_property
    def _size_bits(self) -> int:
        if b"stsz" in self._boxes:
            return 32
        bits = self._number(self._boxes[b"stz2"], 4) & 0xFF
        return bits if bits in {4, 8, 16} else 16

    @property
    def _offsets(self) -> Box | None:
        return self._boxes.get(b"stco") or self._boxes.get(b"co64")

    @property
    def _offset_bytes(self) -> int:
        return 4 if b"stco" in self._boxes else 8

    def _entries(self, kind: bytes, width: int) -> int:
        box = self._boxes.get(kind)
        return min(self._number(box, 4), max(0, box.size - 8) // width) if box else 0

    def _number(self, box: Box, at: int) -> int:
        return int.from_bytes(body_of(self._file, box, at + 4)[at:], "big")

    def _rows(self, kind: bytes, form: str, count: int, skip: int = 0) -> list[tuple[int, ...]]:
        width = struct.calcsize(form)
        data = self._slice(kind, 8 + skip * width, count * width)
        return list(struct.iter_unpack(form, data[: len(data) // width * width]))

    def _slice(self, kind: bytes, at: int, length: int) -> bytes:
        box = self._boxes.get(kind)
        if box is None or at >= box.size or length <= 0:
            return b""
        self._file.peek(box.body + at, min(max(length, WINDOW), box.size - at))
        return self._file.read_at(box.body + at, min(length, box.size - at))


def _numbers(data: bytes, width: int) -> Sequence[int]:
    form = {1: "B", 2: "H", 4: "I", 8: "Q"}[width]
    return struct.unpack(f">{len(data) // width}{form}", data[: len(data) // width * width])
