"""Decides how subscribers become chunks: a page of one shard for each message, then the next one.

Memory holds one page. A page that was begun twice gives the same chunks twice, which the marks of
each person absorb; two walkers of one shard find each other out when they store how far they are.
"""

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from newsreel.mail_table.edition_records import OVER, Edition, Walk
from newsreel.newsletter.plan import chunk_size
from newsreel.newsletter.steps import Chunk, Queue, WalkStep, following
from newsreel.policy import POLICY

Outcome: TypeAlias = Literal["over", "waiting", "overtaken", "walked", "done"]


class Walks(Protocol):
    """Where editions and their walks are kept."""

    def read(self, edition_id: str) -> Edition | None:
        """Return an edition as it is now."""

    def read_walk(self, edition_id: str, language: str, shard: str) -> Walk:
        """Return how far a shard has been walked."""

    def save_walk(
        self, edition_id: str, language: str, shard: str, *, before: Walk, after: Walk, now: int
    ) -> bool:
        """Store how far it is now; False if somebody else walked it meanwhile."""


class Pages(Protocol):
    """Where subscribers are listed."""

    def page(self, language: str, shard: str, after: str) -> tuple[list[str], str]:
        """Return a page of account ids and where it ended; empty on the last page."""


@dataclass(frozen=True, slots=True)
class Walker:
    """What a walk needs."""

    editions: Walks
    subscribers: Pages
    steps: Queue[WalkStep]
    chunks: Queue[Chunk]
    workers: int
    """How many chunks are sent at once."""

    def walk(self, message: WalkStep, *, now: int) -> Outcome:
        """Make chunks of the next page of a shard and ask for the page after it."""
        edition = self.editions.read(message.edition_id)
        if edition is None or edition.state in OVER:
            return "over"
        if edition.state != "sending":
            self.steps.send([following(message)], delay=POLICY.newsletter.paused_wait)
            return "waiting"
        place = (message.edition_id, message.language, message.shard)
        before = self.editions.read_walk(*place)
        if before.done:
            return "done"
        ids, end = self.subscribers.page(message.language, message.shard, before.after)
        size = chunk_size(edition.rate, self.workers)
        chunks = [
            _chunk(message, f"{before.pages}-{start // size}", ids[start : start + size])
            for start in range(0, len(ids), size)
        ]
        self.chunks.send(chunks)
        after = Walk(end, before.pages + 1, before.chunks + len(chunks), done=not end)
        if not self.editions.save_walk(*place, before=before, after=after, now=now):
            return "overtaken"
        if not end:
            return "done"
        self.steps.send([following(message)])
        return "walked"


def _chunk(message: WalkStep, number: str, account_ids: list[str]) -> Chunk:
    return Chunk(
        edition_id=message.edition_id,
        language=message.language,
        shard=message.shard,
        chunk_id=f"{message.language}-{number}",
        account_ids=account_ids,
    )
