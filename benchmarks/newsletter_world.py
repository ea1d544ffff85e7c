"""A world in memory for sending editions: subscribers, marks, queues and SES on a fake clock.

The rules are the real ones (``newsreel.newsletter``); what they talk to is counted, priced and, by
chance, cut off in the middle.
"""

import heapq
import itertools
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from botocore.exceptions import ClientError
from newsreel.accounts.table.subscribers import SHARDS, Recipient
from newsreel.mail_table.edition_records import Edition, EditionVideo, Walk
from newsreel.mail_table.marks import MarkState
from newsreel.newsletter.mails import EditionMail, NewsletterIdentity, write
from newsreel.newsletter.refused import Refused
from newsreel.newsletter.steps import Chunk, WalkStep
from newsreel.policy import POLICY

TABLE_SECONDS = 0.005
SES_SECONDS = 0.06
VISIBILITY = 720
RECEIVES = 5
IDENTITY = NewsletterIdentity("NATO", "news.example.org", "example.org", "https://example.org")
_STATES: tuple[MarkState | None, ...] = (None, "claimed", "sent", "refused", "left")


class KilledError(BaseException):
    """The worker ended here, as Lambda ends one: nothing of ours runs any more."""


class MessagesLostError(Exception):
    """A message was given up, which no run of the simulation may see."""


@dataclass
class Clock:
    """The local time of the worker that runs now, and when the next kill is due."""

    now: float = 0.0
    ends: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    until_kill: int = -1
    """How many calls are left to the worker; below zero it lives."""

    def spend(self, name: str, seconds: float = TABLE_SECONDS, count: int = 1) -> None:
        """Let a call take its time; the worker may end before or after it had its effect."""
        self.calls[name] += count
        self.now += seconds
        if self.until_kill > 0:
            self.until_kill -= 1
        elif self.until_kill == 0:
            raise KilledError


def throttled() -> ClientError:
    """Return what SES answers to one mail too many."""
    detail = {"Code": "Throttling", "Message": "Maximum sending rate exceeded."}
    return ClientError({"Error": detail}, "SendRawEmail")  # type: ignore[typeddict-item]


@dataclass
class People:
    """Subscribers by number; account ids are made when they are asked for, so none is kept."""

    clock: Clock
    total: int
    leaves: Mapping[int, float]
    """When those few leave who do."""

    def __post_init__(self) -> None:
        self.per_shard = -(-self.total // len(SHARDS))

    @staticmethod
    def account_id(number: int) -> str:
        """Return the account id of a number; its first byte is its shard."""
        return f"{number % len(SHARDS):02x}{number:030x}"

    @staticmethod
    def number(account_id: str) -> int:
        """Return the number of an account id."""
        return int(account_id[2:], 16)  # noqa: FURB166 - no prefix but a shard

    def page(self, language: str, shard: str, after: str) -> tuple[list[str], str]:
        """Return a page of a shard: those with an even place read English, the others French."""
        self.clock.spend("Query")
        place = SHARDS.index(shard)
        first = int(after) if after else (0 if language == "en" else 1)
        size = POLICY.newsletter.page
        numbers = range(place + first * len(SHARDS), self.total, 2 * len(SHARDS))
        end = str(first + 2 * size) if len(numbers) > size else ""
        return [self.account_id(number) for number in numbers[:size]], end

    def read(self, account_ids: Collection[str]) -> dict[str, Recipient]:
        """Return those who have not left by now."""
        self.clock.spend("BatchGetItem", 2 * TABLE_SECONDS)
        self.clock.calls["read units"] += len(account_ids)
        found = {}
        for account_id in account_ids:
            number = self.number(account_id)
            if self.leaves.get(number, float("inf")) > self.clock.now:
                language = "en" if number // len(SHARDS) % 2 == 0 else "fr"
                found[account_id] = Recipient(account_id, f"p{number}@example.org", language)
        return found

    def suppressed(self, recipients: Collection[Recipient]) -> Collection[str]:
        """Return nobody, at the price of looking."""
        self.clock.spend("BatchGetItem", 2 * TABLE_SECONDS)
        self.clock.calls["read units"] += len(recipients)
        return ()


@dataclass
class Marks:
    """One byte a person; the worker of a claim is kept as long as the claim is open."""

    clock: Clock
    total: int

    def __post_init__(self) -> None:
        self.states = bytearray(self.total)
        self.claims: dict[int, str] = {}
        self.chunks: dict[tuple[str, str], Mapping[str, int]] = {}

    def claim(
        self,
        _edition_id: str,
        _shard: str,
        account_id: str,
        *,
        worker: str,
        now: int,  # noqa: ARG002
    ) -> MarkState | None:
        """Claim a person's mail."""
        return self._put(account_id, 1, worker)

    def leave(
        self,
        _edition_id: str,
        _shard: str,
        account_id: str,
        *,
        worker: str,
        now: int,  # noqa: ARG002
    ) -> MarkState | None:
        """Mark a person who is not mailed."""
        return self._put(account_id, 4, worker)

    def settle(
        self, _edition_id: str, _shard: str, account_id: str, state: Literal["sent", "refused"]
    ) -> None:
        """Mark what became of a claimed mail."""
        number = People.number(account_id)
        self.states[number] = _STATES.index(state)
        self.claims.pop(number, None)
        self.clock.spend("UpdateItem")

    def release(self, _edition_id: str, _shard: str, account_id: str, *, worker: str) -> None:
        """Give a claim back."""
        number = People.number(account_id)
        if self.claims.get(number) == worker:
            self.states[number] = 0
            del self.claims[number]
        self.clock.spend("DeleteItem")

    def note(self, _edition: Edition, _recipient: Recipient, _step: str) -> None:
        """Keep a step of a mail in the delivery trail, at its price."""
        self.clock.spend("PutItem")

    def count_chunk(
        self,
        _edition_id: str,
        shard: str,
        chunk_id: str,
        counts: Mapping[str, int],
        *,
        now: int,  # noqa: ARG002
    ) -> None:
        """Keep what became of a chunk."""
        before = self.chunks.get((shard, chunk_id))
        if before is None or before.get("in_doubt", 0) >= counts.get("in_doubt", 0):
            self.chunks[shard, chunk_id] = counts
        self.clock.spend("PutItem")

    def _put(self, account_id: str, state: int, worker: str) -> MarkState | None:
        number = People.number(account_id)
        before = self.states[number]
        if before == 0:
            self.states[number] = state
            if state == 1:
                self.claims[number] = worker
        self.clock.spend("PutItem")
        if before == 1 and self.claims.get(number) == worker:
            return None
        return _STATES[before]


@dataclass
class Desk:
    """One edition that is being sent, and how far its shards are walked."""

    clock: Clock
    edition: Edition
    walks: dict[tuple[str, str], Walk] = field(default_factory=dict)

    def read(self, _edition_id: str) -> Edition:
        """Return the edition."""
        self.clock.spend("GetItem")
        return self.edition

    def read_walk(self, _edition_id: str, language: str, shard: str) -> Walk:
        """Return how far a shard has been walked."""
        self.clock.spend("GetItem")
        return self.walks.get((language, shard), Walk())

    def save_walk(
        self,
        _edition_id: str,
        language: str,
        shard: str,
        *,
        before: Walk,
        after: Walk,
        now: int,  # noqa: ARG002
    ) -> bool:
        """Store how far it is now."""
        if self.walks.get((language, shard), Walk()) != before:
            self.clock.spend("PutItem")
            return False
        self.walks[language, shard] = after
        self.clock.spend("PutItem")
        return True

    def still_published(self, edition: Edition) -> Sequence[EditionVideo]:
        """Return all of its videos."""
        self.clock.spend("Query")
        return edition.videos

    def stop(self, _edition: Edition, why: Refused | Literal["withdrawn"]) -> None:
        """Refuse to be stopped: nothing in this world gives a reason."""
        raise MessagesLostError(why)

    def write(self, edition: Edition, videos: Sequence[EditionVideo], language: str) -> EditionMail:
        """Return the edition's words."""
        return write(edition, videos, language, IDENTITY)


@dataclass
class WalkQueue:
    """Steps that wait."""

    clock: Clock
    waiting: list[tuple[float, int, WalkStep]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)

    def send(self, messages: Sequence[WalkStep], *, delay: int = 0) -> None:
        """Put steps into the queue."""
        for message in messages:
            heapq.heappush(self.waiting, (self.clock.now + delay, next(self._order), message))
        self.clock.spend("SendMessage", TABLE_SECONDS * len(messages), count=len(messages))


@dataclass
class ChunkQueue:
    """Chunks that wait, four bytes a person; some are handed over twice, as SQS does."""

    clock: Clock
    random: Random
    twice: float
    """How many of all messages come twice."""
    waiting: list[tuple[float, int, str, str, str, int, int, "array[int]"]] = field(
        default_factory=list
    )
    _order: Iterator[int] = field(default_factory=itertools.count)

    def send(self, messages: Sequence[Chunk], *, delay: int = 0) -> None:
        """Put chunks into the queue."""
        for message in messages:
            self.push(message, self.clock.now + delay)
        self.clock.spend("SendMessage", TABLE_SECONDS * len(messages), count=len(messages))

    def push(self, message: Chunk, at: float, receives: int = 0) -> None:
        """Let a chunk be handed over at a time."""
        numbers = array("I", map(People.number, message.account_ids))
        place = (message.language, message.shard, message.chunk_id, message.step, receives, numbers)
        heapq.heappush(self.waiting, (at, next(self._order), *place))
        if receives == 0 and self.random.random() < self.twice:
            again = at + self.random.uniform(0, 60)
            heapq.heappush(self.waiting, (again, next(self._order), *place))

    def pop(self, edition_id: str) -> tuple[float, Chunk, int]:
        """Return when the next chunk may be taken, the chunk, and how often it was before."""
        at, _, language, shard, chunk_id, step, receives, numbers = heapq.heappop(self.waiting)
        chunk = Chunk(
            edition_id=edition_id,
            language=language,
            shard=shard,
            chunk_id=chunk_id,
            step=step,
            account_ids=[People.account_id(number) for number in numbers],
        )
        return at, chunk, receives
