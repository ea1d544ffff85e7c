"""Decides how the SHA-256 of a file is computed: in steps, the right one or none.

One version of an object is read a piece at a time, by its version and its ETag, so it cannot change
on the way. After each step the state and the place are stored together, under the claim of who did
it: whatever ends a step, the next one goes on from a place where both are true.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.hash_items import (
    DONE,
    GIVEN_UP,
    HashedFile,
    HashesTable,
    HashProgress,
    HashReason,
)
from newsreel.catalogue.model import Checksum
from newsreel.catalogue.table import CatalogueTable
from newsreel.ingest.buckets import MediaBucket
from newsreel.ingest.due_hashes import Folders, tell
from newsreel.ingest.file_hashes import hashed_file
from newsreel.ingest.folder_state import KnownFile, state_of
from newsreel.ingest.folders import pieces_object_key
from newsreel.ingest.hash_steps import HashQueue, HashStep
from newsreel.media import crcs
from newsreel.media.digests import Digests
from newsreel.media.ranged_file import ObjectMovedError
from newsreel.media.resumable_sha256 import BrokenStateError, ResumableSha256, counted
from newsreel.policy import POLICY, HashPolicy

Outcome: TypeAlias = Literal[
    "taken", "not wanted", "gone", "overtaken", "next step", "begun again", "done", "given up"
]

_MOST_AGAIN = 1
_FAILURES = (ClientError, BotoCoreError, OSError, RejectedError)
"""What may go wrong with reading; it is tried again, ever more rarely."""


class SlowError(OSError):
    """A piece was not there in time."""


class Whole(Protocol):
    """A SHA-256 of the whole file."""

    def update(self, data: bytes) -> None:
        """Add bytes."""

    def hexdigest(self) -> str:
        """Return it in hexadecimal."""


@dataclass(slots=True)
class _Run:
    """What one step has; ``pieces`` are the hashes of all pieces up to ``progress``."""

    progress: HashProgress
    whole: Whole
    pieces: list[str]
    names: tuple[str, ...]
    """Other checksums that are computed on the way."""
    digests: Digests | None = None
    """Those that are not carried from step to step, in a step that began at the beginning."""
    failure: Exception | None = field(default=None)

    @property
    def is_over(self) -> bool:
        return self.progress.hashed == self.progress.file.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Hasher:
    """What a step needs; ``resumable`` makes a hash that can go on elsewhere, or None."""

    hashes: HashesTable
    catalogue: CatalogueTable
    media: MediaBucket
    queue: HashQueue
    folders: Folders
    now: Callable[[], int]
    seconds_left: Callable[[], float]
    resumable: Callable[[], ResumableSha256 | None]
    policy: HashPolicy = POLICY.hashes

    def step(self, message: HashStep) -> Outcome:
        """Go on with a hash, if nobody else does.

        Raises:
            TooManyStepsError: it took too many steps.
            Exception: what went wrong with reading, after the progress was stored.
        """
        following = message.following(self.policy.steps)
        claim, now = secrets.token_hex(8), self.now()
        until = now + int(self.seconds_left())
        progress = self.hashes.claim(
            message.video_id,
            message.hash_id,
            claim,
            now=now,
            until=until,
            due_at=until + self.policy.look_again,
        )
        if progress is None:
            return "taken"
        known = self._wanted(progress.file)
        if known is None or known.rendition is None:
            self.hashes.forget(progress, claim)
            return "not wanted"
        object_key = pieces_object_key(
            message.video_id, known.rendition.rendition_id, message.hash_id
        )
        try:
            run = self._begin(progress, known, object_key)
        except _FAILURES:
            self._put_off(progress, claim)
            raise
        try:
            self._read(run)
        except ObjectMovedError:
            self.hashes.forget(progress, claim)
            self.folders.send_folders([message.video_id])
            return "gone"
        return self._store(run, known, claim, object_key, following)

    def _wanted(self, file: HashedFile) -> KnownFile | None:
        """Return the file as its folder knows it, if this version still lacks its hash there."""
        state = state_of(self.catalogue.read_folder(file.video_id))
        waiting = state.waiting_for_hashes()
        return next((one for one in waiting if hashed_file(file.video_id, one) == file), None)

    def _begin(self, progress: HashProgress, known: KnownFile, object_key: str) -> _Run:
        """Return where to go on: where the step before ended, if all of that is there."""
        names = crcs.computable(_reported(known))
        run = self._resumed(progress, names, object_key)
        if run is not None:
            return run
        # A new one: what could not be gone on with is in the one that was tried.
        whole = self.resumable() or hashlib.sha256()
        progress = _from_the_start(progress, self.policy.piece, names)
        return _Run(progress, whole, [], names, Digests(_reported(known)))

    def _resumed(
        self, progress: HashProgress, names: tuple[str, ...], object_key: str
    ) -> _Run | None:
        whole = self.resumable()
        is_ours = progress.piece == self.policy.piece and progress.crcs.keys() == {*names}
        if whole is None or not progress.hashed or not is_ours:
            return None
        lines = self.media.read_text(object_key).split()
        count = progress.hashed // progress.piece
        try:
            whole.resume(progress.context, progress.hashed)
        except BrokenStateError:
            return None
        return _Run(progress, whole, lines[:count], names) if len(lines) >= count else None

    def _read(self, run: _Run) -> None:
        """Add pieces while there is time; what goes wrong is kept with what was read before it."""
        file = run.progress.file
        while not run.is_over and self.seconds_left() > self.policy.spare:
            before = run.whole.state() if isinstance(run.whole, ResumableSha256) else b""
            try:
                self._add_piece(run, file)
            except ObjectMovedError:
                raise
            except _FAILURES as error:
                run.failure = error
                run.progress = replace(run.progress, context=before)
                if not before:  # what was read is lost with this process
                    run.progress = _from_the_start(run.progress, self.policy.piece, run.names)
                return
        if isinstance(run.whole, ResumableSha256):
            run.progress = replace(run.progress, context=run.whole.state())

    def _add_piece(self, run: _Run, file: HashedFile) -> None:
        start = run.progress.hashed
        length = min(self.policy.piece, file.size - start)
        piece, sums = hashlib.sha256(), dict(run.progress.crcs)
        for chunk in self.media.read_piece(file.key, file.version_id, file.etag, start, length):
            if self.seconds_left() < self.policy.spare / 2:
                raise SlowError
            piece.update(chunk)
            run.whole.update(chunk)
            if run.digests is not None:
                run.digests.update(chunk)
            sums = crcs.continued(sums, chunk)
        run.pieces.append(piece.hexdigest())
        run.progress = replace(run.progress, hashed=start + length, crcs=sums, failures=0)

    def _store(
        self, run: _Run, known: KnownFile, claim: str, object_key: str, following: HashStep
    ) -> Outcome:
        progress = replace(run.progress, step=run.progress.step + 1)
        if run.pieces:
            self.media.write_text(object_key, "".join(f"{piece}\n" for piece in run.pieces))
        if run.failure is not None:
            self._put_off(progress, claim)
            raise run.failure
        if run.is_over:
            return self._end(run, progress, known, claim, following)
        if not isinstance(run.whole, ResumableSha256):
            return self._give_up(progress, claim, "one_run")
        return self._go_on(progress, claim, following, "next step")

    def _end(
        self,
        run: _Run,
        progress: HashProgress,
        known: KnownFile,
        claim: str,
        following: HashStep,
    ) -> Outcome:
        sha256 = _checked(run, known)
        if sha256 is None:
            if progress.again >= _MOST_AGAIN:
                return self._give_up(progress, claim, "differs")
            again = _from_the_start(progress, self.policy.piece, run.names)
            again = replace(again, again=progress.again + 1)
            return self._go_on(again, claim, following, "begun again")
        done = replace(progress, state=DONE, sha256=sha256)
        return "done" if self._write_end(done, claim) else "overtaken"

    def _give_up(self, progress: HashProgress, claim: str, reason: HashReason) -> Outcome:
        over = replace(progress, state=GIVEN_UP, reason=reason)
        return "given up" if self._write_end(over, claim) else "overtaken"

    def _write_end(self, progress: HashProgress, claim: str) -> bool:
        now = self.now()
        due_at, ttl = now + self.policy.look_again, now + self.policy.kept
        if not self.hashes.end(progress, claim, due_at=due_at, ttl=ttl):
            return False
        tell(self.hashes, self.folders, progress.file)
        return True

    def _go_on(
        self, progress: HashProgress, claim: str, following: HashStep, outcome: Outcome
    ) -> Outcome:
        # The message last: if it is lost, the hash is due and is asked for again.
        due_at = self.now() + self.policy.look_again
        if not self.hashes.save(progress, claim, due_at=due_at):
            return "overtaken"
        self.queue.send(following)
        return outcome

    def _put_off(self, progress: HashProgress, claim: str) -> None:
        failures = progress.failures + 1
        wait = min(self.policy.longest_wait, self.policy.first_wait << min(failures - 1, 20))
        progress = replace(progress, failures=failures)
        stored = self.hashes.save(progress, claim, due_at=self.now() + wait)
        if stored and failures == self.policy.told_after:
            self.folders.send_folders([progress.file.video_id])


def _reported(known: KnownFile) -> list[Checksum]:
    return known.rendition.checksums if known.rendition else []


def _checked(run: _Run, known: KnownFile) -> str | None:
    """Return the hash, if it is of as many bytes as the file has and S3 says nothing else of it."""
    whole, progress = run.whole, run.progress
    # Asked first: the hash ends its state.
    is_of_all = not isinstance(whole, ResumableSha256) or (
        counted(whole.state()) == progress.file.size
    )
    sha256 = whole.hexdigest()
    is_right = is_of_all and crcs.agree(progress.crcs, sha256, _reported(known))
    return sha256 if is_right and (run.digests is None or run.digests.agree()) else None


def _from_the_start(progress: HashProgress, piece: int, names: tuple[str, ...]) -> HashProgress:
    return replace(progress, hashed=0, context=b"", piece=piece, crcs=crcs.begun(names))
