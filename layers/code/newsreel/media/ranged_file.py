"""Reads an object in blocks by range, as a file, and never more of it than a budget allows."""

import io
from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from botocore.exceptions import ClientError

from newsreel.catalogue.findings import RejectedError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BLOCK = 128 * 1024
"""Bytes per request: fewer cost more requests, more cost bytes that nobody looks at."""

BUDGET = 16 * 1024 * 1024
"""Bytes read of one file at most, whatever its size; an MXF may add some for each partition."""

AT_ONCE = 16
"""Ranges that are asked for at the same time."""

_STEP = 8 * 1024
_NEAR = 64 * 1024

MOVED = frozenset(
    {"PreconditionFailed", "NoSuchKey", "NoSuchVersion", "NotFound", "412", "404"},
)
"""S3's error codes for an object that is no longer what was listed."""

DENIED = frozenset({"AccessDenied", "Forbidden", "403"})
"""S3's error codes for an object that is there and may not be read: another party's KMS key, a
policy. A missing object is a 404, because the function may list the folders."""

Range: TypeAlias = tuple[int, int]
"""Where a range starts, and its length in bytes."""


class OverBudgetError(OSError):
    """More of the file would have to be read than is allowed."""


class ObjectMovedError(Exception):
    """The object is no longer the one that was listed: look again."""


def refuse_or_raise(error: ClientError) -> None:
    """Raise what an error of S3 means for the object; return if it says nothing about the object.

    Raises:
        ObjectMovedError: the object was replaced or removed.
        RejectedError: ``not_readable``, the object may not be read.
    """
    code = error.response.get("Error", {}).get("Code")
    if code in MOVED:
        raise ObjectMovedError from None
    if code in DENIED:
        raise RejectedError("not_readable") from None


@dataclass(frozen=True, slots=True)
class S3Source:
    """One version of one object, fixed by its ETag too; it may no longer be the current one."""

    client: "S3Client"
    bucket: str
    key: str
    version_id: str
    etag: str

    def read_range(self, start: int, length: int) -> bytes:
        """Return bytes from ``start`` on.

        Version and ``IfMatch`` hold the state fixed: a file that is replaced while it is read can't
        be mixed.

        Raises:
            ObjectMovedError: the version was removed.
            RejectedError: ``not_readable``, it may not be read.
        """
        try:
            answer = self.client.get_object(
                Bucket=self.bucket,
                Key=self.key,
                VersionId=self.version_id,
                Range=f"bytes={start}-{start + length - 1}",
                IfMatch=self.etag,
            )
            return answer["Body"].read()
        except ClientError as error:
            refuse_or_raise(error)
            raise


def read_together(read_range: Callable[[int, int], bytes], ranges: Sequence[Range]) -> list[bytes]:
    """Return the bytes of several ranges, asking for ``AT_ONCE`` of them at a time."""
    if len(ranges) == 1:
        return [read_range(*ranges[0])]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda wanted: read_range(*wanted), ranges))


@dataclass(frozen=True, slots=True)
class _Held:
    """Bytes that are kept apart from blocks; ``end`` may lie beyond them: zeros follow."""

    start: int
    end: int
    data: bytes

    def read(self, position: int, length: int) -> bytes:
        length = min(length, self.end - position)
        part = self.data[position - self.start : position - self.start + length]
        return part + bytes(length - len(part))


_start_of = attrgetter("start")


class RangedFile(io.RawIOBase):
    """A read-only, seekable file over ranges; ``bytes_read`` is what it has cost so far."""

    def __init__(
        self,
        read_range: Callable[[int, int], bytes],
        size: int,
        budget: int = BUDGET,
        read_ranges: Callable[[Sequence[Range]], list[bytes]] | None = None,
    ) -> None:
        super().__init__()
        self.size = size
        self.budget = self._least_budget = budget
        self.bytes_read = 0
        self.over_budget = False
        self.failure: Exception | None = None
        self.read_ranges = read_ranges or (lambda ranges: read_together(read_range, ranges))
        self._position = 0
        self._blocks: dict[int, bytes] = {}
        self._held: list[_Held] = []
        self._growing: list[int] = []
        self._covers: list[_Held] = []

    @property
    def counted(self) -> int:
        """Return the bytes read that count: without what an MXF may read of its partitions."""
        return max(0, self.bytes_read - (self.budget - self._least_budget))

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read in any order."""
        return True

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; beyond the end is allowed, as in every file."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes; none only at the end.

        Fewer where a piece that is held ends: a demuxer asks for 32 KiB at a time, and often looks
        at the first hundred bytes of them.

        Raises:
            OverBudgetError: the budget is spent.
            ObjectMovedError: the object was replaced.
        """
        left = max(0, self.size - self._position)
        if size is None or size < 0:
            size = left
        length = min(size, left)
        cover = _containing(self._covers, self._position)
        if cover is not None:
            part = cover.read(self._position, length)
            self._position += len(part)
            return part
        following = bisect_right(self._covers, self._position, key=_start_of)
        if following < len(self._covers):
            length = min(length, self._covers[following].start - self._position)
        return self._read(self._position, length, beyond_pieces=False)

    def read_at(self, position: int, length: int) -> bytes:
        """Return bytes at a position; fewer only at the end."""
        return self._read(position, min(length, self.size - position), beyond_pieces=True)

    def peek(self, position: int, length: int) -> bytes:
        """Return a few bytes alone, where a block around them would be read for nothing.

        Raises:
            OverBudgetError: the budget is spent.
            ObjectMovedError: the object was replaced.
        """
        length = min(length, self.size - position)
        if length > 0 and not self._is_here(position, length):
            self.hold([(position, length)])
        return self.read_at(position, length)

    def holds(self, position: int) -> bool:
        """Tell whether the piece around a position is here, so that reading it costs nothing."""
        return self._is_here(position, 1)

    def hold(self, ranges: Sequence[Range], *, growing: bool = False) -> None:
        """Read some ranges together and keep them; a read that begins in one ends with it.

        What lies a little behind a ``growing`` one is read in small steps, not by whole blocks.

        Raises:
            OverBudgetError: the budget is spent.
            ObjectMovedError: the object was replaced.
        """
        wanted = [(start, min(length, self.size - start)) for start, length in ranges]
        wanted = [(s, length) for s, length in wanted if length > 0 and not self._is_here(s, 1)]
        for (start, _length), data in zip(wanted, self._fetch(wanted), strict=True):
            insort(self._held, _Held(start, start + len(data), data), key=_start_of)
            if growing:
                insort(self._growing, start)

    def cover(self, start: int, end: int, data: bytes) -> None:
        """Let ``read`` show other bytes, and zeros behind them, in place of a part of the file.

        That is what a demuxer reads by; ``read_at`` and ``peek`` return what is there.
        """
        insort(self._covers, _Held(start, end, data), key=_start_of)

    def _read(self, position: int, length: int, *, beyond_pieces: bool) -> bytes:
        parts: list[bytes] = []
        while length > 0 and (part := self._part(position, length)):
            parts.append(part)
            position += len(part)
            length -= len(part)
            if not beyond_pieces and position % BLOCK:
                break
        self._position = position
        return b"".join(parts)

    def _is_here(self, position: int, length: int) -> bool:
        if {position // BLOCK, (position + length - 1) // BLOCK} <= self._blocks.keys():
            return True
        piece = _containing(self._held, position)
        return piece is not None and piece.end >= position + length

    def _part(self, position: int, length: int) -> bytes:
        number, skip = divmod(position, BLOCK)
        if number not in self._blocks:
            piece = _containing(self._held, position)
            if piece is None and self._is_behind_growing(position):
                self.hold([(position, _STEP)])
                piece = _containing(self._held, position)
            if piece is not None:
                return piece.read(position, length)
        return self._block(number)[skip : skip + length]

    def _is_behind_growing(self, position: int) -> bool:
        before = bisect_right(self._growing, position)
        return before > 0 and position - self._growing[before - 1] < _NEAR

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            start = number * BLOCK
            length = min(BLOCK, self.size - start)
            if length <= 0:
                return b""
            self._blocks[number] = self._fetch([(start, length)])[0]
        return self._blocks[number]

    def _fetch(self, ranges: Sequence[Range]) -> list[bytes]:
        if not ranges:
            return []
        cost = sum(length for _start, length in ranges)
        if self.bytes_read + cost > self.budget:
            self.over_budget = True
            raise OverBudgetError
        try:
            parts = self.read_ranges(ranges)
        except Exception as error:
            # A demuxer turns whatever its file raises into "invalid data": keep the reason.
            self.failure = error
            raise
        self.bytes_read += cost
        return parts


def _containing(pieces: list[_Held], position: int) -> _Held | None:
    before = bisect_right(pieces, position, key=_start_of)
    if before and pieces[before - 1].end > position:
        return pieces[before - 1]
    return None
