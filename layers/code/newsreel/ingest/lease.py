"""Decides who works on a folder, for how long, and which of its files are not looked at again.

A look may end the whole function: a decoder that takes all memory, or all of its time. So each is
counted in the table before it begins, and the count goes when it ends, well or not. What is still
counted ended its function, and a file that did so twice is not looked at a third time.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from newsreel import clock
from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.folder_leases import FolderBusyError, FolderLeases

MOST_LOOKS = 2
"""Looks at a file that may end the function that took them."""

LONGEST = 900
"""Seconds that an invocation may take in Lambda."""

_AFTER_THE_END = 5


class Begun(Protocol):
    """Stores that a look begins, and that the one before it has ended."""

    def __call__(self, look: str, ended: str | None, /) -> None:
        """Store it."""


def _unstored(_look: str, _ended: str | None) -> None:
    """Store nothing: for who looks at a file outside of a folder's lease."""


def look_of(key: str, etag: str) -> str:
    """Return the name of a look at one version of a file."""
    return hashlib.sha256(f"{key}\n{etag}".encode()).hexdigest()[:16]


def for_poster(key: str) -> str:
    """Return the name under which looks at a media file for its poster are counted."""
    return f"poster of {key}"


@dataclass(slots=True)
class Looks:
    """The looks at the files of one folder; ``counts`` are those that had no end."""

    counts: Mapping[str, int] = field(default_factory=dict)
    store: Begun = _unstored
    current: str | None = None

    def begin(self, key: str, etag: str) -> None:
        """Begin a look.

        Raises:
            RejectedError: ``gave_up``: this file has ended its function before.
        """
        if self.gave_up(key, etag):
            raise RejectedError("gave_up", tries=MOST_LOOKS)
        look = look_of(key, etag)
        if look != self.current:
            self.store(look, self.current)
            self.current = look

    def gave_up(self, key: str, etag: str) -> bool:
        """Tell whether this version of a file is not looked at again."""
        return self.counts.get(look_of(key, etag), 0) >= MOST_LOOKS

    def remembered(self, files: Iterable[tuple[str, str]]) -> dict[str, int]:
        """Return the counts that go on to count, of the files (key, ETag) that there are."""
        there = {look_of(name, etag) for key, etag in files for name in (key, for_poster(key))}
        return {
            look: count
            for look, count in self.counts.items()
            if count >= MOST_LOOKS and look in there
        }


@dataclass(slots=True)
class HeldFolder:
    """A folder under our lease; ``due_at`` and ``is_empty`` count once it ``is_settled``."""

    looks: Looks
    is_settled: bool = False
    is_empty: bool = False
    due_at: int | None = None

    def settle(self, due_at: int | None, *, is_empty: bool = False) -> None:
        """Note that nothing is left to do before ``due_at``, in seconds since 1970."""
        self.is_settled, self.due_at, self.is_empty = True, due_at, is_empty


def _taken(
    leases: FolderLeases, video_id: str, owner: str, now: int, until: int
) -> Mapping[str, int]:
    try:
        return leases.take(video_id, owner, now=now, until=until)
    except FolderBusyError:
        raise
    except Exception:
        # Perhaps it was taken, and only the answer was lost. Then nobody would have it.
        with suppress(Exception):
            leases.give_back(video_id, owner, ended=None, due_at=None, settled=False)
        raise


@contextmanager
def held(leases: FolderLeases, video_id: str, seconds_left: float) -> Iterator[HeldFolder]:
    """Hold the lease of a folder.

    It ends with the invocation, which has ``seconds_left``, whatever becomes of that.

    Raises:
        FolderBusyError: somebody else has it.
    """
    owner = secrets.token_hex(8)
    now = clock.epoch()
    until = now + int(min(seconds_left, LONGEST)) + _AFTER_THE_END
    counts = _taken(leases, video_id, owner, now, until)

    def store(look: str, ended: str | None) -> None:
        leases.begin_look(video_id, owner, look, ended)

    folder = HeldFolder(Looks(counts, store))
    try:
        yield folder
    finally:
        # Its present holder decides when the folder is due.
        with suppress(FolderBusyError):
            if folder.is_settled and folder.is_empty:
                leases.forget(video_id, owner)
            else:
                leases.give_back(
                    video_id,
                    owner,
                    ended=folder.looks.current,
                    due_at=folder.due_at,
                    settled=folder.is_settled,
                )
