"""Decides how a hash is asked for, and how often its message may follow from itself.

Lambda stops a chain of a function and its own queue after 16 rounds unless it is told not to
(``RecursiveLoop: Allow``); ``step`` is our own bound in its place.
"""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from newsreel import clock
from newsreel.aws import clients
from newsreel.catalogue.hash_items import DONE, OPEN, HashesTable, HashProgress
from newsreel.ingest.file_hashes import HashResult, hashed_file
from newsreel.ingest.folder_state import KnownFile
from newsreel.policy import POLICY, HashPolicy


class TooManyStepsError(Exception):
    """A message followed from itself too often; its queue gives it up and somebody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashStep:
    """A message: go on with a hash."""

    video_id: str
    hash_id: str
    step: int = 0

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the message that a queue handed over."""
        values = json.loads(text)
        return cls(**{name: values[name] for name in cls.__dataclass_fields__})

    def write(self) -> str:
        """Return the message as a queue takes it."""
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))

    def following(self, most: int) -> Self:
        """Return the message that follows from this one.

        Raises:
            TooManyStepsError: it did so too often.
        """
        if self.step >= most:
            raise TooManyStepsError
        return dataclasses.replace(self, step=self.step + 1)


class HashQueue(Protocol):
    """Where messages go."""

    def send(self, step: HashStep) -> None:
        """Put a message into the queue."""


@dataclass(frozen=True, slots=True)
class SqsHashQueue:
    """A queue of SQS under its URL."""

    url: str

    def send(self, step: HashStep) -> None:
        """Put a message into the queue."""
        clients.sqs().send_message(QueueUrl=self.url, MessageBody=step.write())


@dataclass(frozen=True, slots=True)
class HashDesk:
    """Where a folder asks for the hashes of its files, and hears what came of them."""

    hashes: HashesTable
    queue: HashQueue
    policy: HashPolicy = POLICY.hashes

    def ask(self, video_id: str, files: Sequence[KnownFile]) -> dict[str, HashResult]:
        """Return what is new about these files; a hash that nobody has asked for is begun."""
        found: dict[str, HashResult] = {}
        for file in files:
            wanted = hashed_file(video_id, file)
            due_at = clock.epoch() + self.policy.look_again
            known = self.hashes.open(wanted, due_at=due_at)
            if known is None:
                self.queue.send(HashStep(video_id=video_id, hash_id=wanted.hash_id))
                continue
            result = self._result(known)
            if result.hashing != file.hashing:
                found[wanted.hash_id] = result
        return found

    def _result(self, known: HashProgress) -> HashResult:
        if known.state == DONE:
            return HashResult("done", known.sha256)
        if known.state == OPEN:
            return HashResult("late" if known.failures >= self.policy.told_after else "pending")
        return HashResult("differs" if known.reason == "differs" else "one_run")
