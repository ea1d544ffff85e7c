"""Decides the messages by which an edition is walked and sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from newsreel.aws import clients
from newsreel.aws.step_messages import StepMessage
from newsreel.policy import POLICY


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(StepMessage):
    """What every message has."""

    edition_id: str
    language: str
    shard: str


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
    return message.following(POLICY.newsletter.steps)


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
