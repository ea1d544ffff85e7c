"""Reads an object in blocks by range, as a file, and never more of it than a budget allows."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BLOCK = 128 * 1024
"""Bytes per request: fewer cost more requests, more cost bytes that nobody looks at."""

BUDGET = 16 * 1024 * 1024
"""Bytes read of one file at most, whatever its size."""


MOVED = frozenset(
    {"PreconditionFailed", "NoSuchKey", "NoSuchVersion", "NotFound", "412", "404"}
    # What is not there is "forbidden" to whoever may not list the whole bucket.
    | {"AccessDenied", "Forbidden", "403"}
)
"""S3's error codes for an object that is no longer what was listed."""


class OverBudgetError(OSError):
    """More of the file would have to be read than is allowed."""


class ObjectMovedError(Exception):
    """The object is no longer the one that was listed: look again."""


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
            if error.response["Error"]["Code"] in MOVED:
                raise ObjectMovedError from None
            raise


class RangedFile(io.RawIOBase):
    """A read-only, seekable file over ranges; ``bytes_read`` is what it has cost so far."""

    def __init__(
        self, read_range: Callable[[int, int], bytes], size: int, budget: int = BUDGET
    ) -> None:
        super().__init__()
        self.size = size
        self.bytes_read = 0
        self.over_budget = False
        self.failure: Exception | None = None
        self._read_range = read_range
        self._budget = budget
        self._position = 0
        self._blocks: dict[int, bytes] = {}

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
        """Return up to ``size`` bytes; fewer only at the end.

        Raises:
            OverBudgetError: the budget is spent.
            ObjectMovedError: the object was replaced.
        """
        left = max(0, self.size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        parts: list[bytes] = []
        while wanted > 0:
            number, skip = divmod(self._position, BLOCK)
            part = self._block(number)[skip : skip + wanted]
            if not part:
                break
            parts.append(part)
            self._position += len(part)
            wanted -= len(part)
        return b"".join(parts)

    def read_at(self, position: int, length: int) -> bytes:
        """Return bytes at a position."""
        self.seek(position)
        return self.read(length)

    def peek(self, position: int, length: int) -> bytes:
        """Return a few bytes alone, where a block around them would be read for nothing.

        Raises:
            OverBudgetError: the budget is spent.
            ObjectMovedError: the object was replaced.
        """
        if position // BLOCK in self._blocks:
            return self.read_at(position, length)
        length = min(length, self.size - position)
        if self.bytes_read + length > self._budget:
            self.over_budget = True
            raise OverBudgetError
        self.bytes_read += length
        return self._read_range(position, length)

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            start = number * BLOCK
            length = min(BLOCK, self.size - start)
            if self.bytes_read + length > self._budget:
                self.over_budget = True
                raise OverBudgetError
            try:
                self._blocks[number] = self._read_range(start, length)
            except Exception as error:
                # A demuxer turns whatever its file raises into "invalid data": keep the reason.
                self.failure = error
                raise
            self.bytes_read += length
        return self._blocks[number]
