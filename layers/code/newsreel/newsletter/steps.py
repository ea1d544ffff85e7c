"""Decides the messages by which an edition is walked and sent, and how often one may follow itself.

Lambda stops a chain of a function and its own queue after 16 rounds unless it is told not to
(``RecursiveLoop: Allow``); ``step`` is our own bound in its place.
"""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from newsreel.aws import clients
from newsreel.policy import POLICY


class TooManyStepsError(Exception):
    """A message followed from itself too often; its queue gives it up and somebody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What every message has."""

    edition_id: str
    language: str
    shard: str
    step: int = 0

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the message that a queue handed over."""
        values = json.loads(text)
        return cls(**{name: values[name] for name in cls.__dataclass_fields__})

    def write(self) -> str:
        """Return the message as a queue takes it."""
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkStep(Message):
    """Walk the next page of a shard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk(Message):
    """Send an edition to some accounts of one shard."""

    chunk_id: str
    account_ids: Sequence[str]


AnyMessage = TypeVar("AnyMessage", bound=Message)
Queued_contra = TypeVar("Queued_contra", bound=Message, contravariant=True)


class Queue(Protocol[Queued_contra]):
    """Where messages of one kind go."""

    def send(self, messages: Sequence[Queued_contra], *, delay: int = 0) -> None:
        """Put messages into the queue, to be handed over after ``delay`` seconds."""


def following(message: AnyMessage) -> AnyMessage:
    """Return a message that follows from itself.

    Raises:
        TooManyStepsError: it did so too often.
    """
    if message.step >= POLICY.newsletter.steps:
        raise TooManyStepsError
    return dataclasses.replace(message, step=message.step + 1)


@dataclass(frozen=True, slots=True)
class SqsQueue:
    """A queue of SQS under its URL."""

    url: str

    def send(self, messages: Sequence[Message], *, delay: int = 0) -> None:
        """Put messages into the queue, one call each: a batch may be taken in part."""
        for message in messages:
            clients.sqs().send_message(
                QueueUrl=self.url, MessageBody=message.write(), DelaySeconds=delay
            )
