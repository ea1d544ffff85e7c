"""Decides how a folder asks for the hashes of its files, and how it hears of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from newsreel import clock
from newsreel.aws import clients
from newsreel.aws.step_messages import StepMessage
from newsreel.catalogue.hash_items import DONE, OPEN, HashesTable, HashProgress
from newsreel.ingest.file_hashes import HashResult, hashed_file
from newsreel.ingest.folder_state import KnownFile
from newsreel.policy import POLICY, HashPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class HashStep(StepMessage):
    """A message: go on with a hash."""

    video_id: str
    hash_id: str


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
