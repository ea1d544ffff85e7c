"""Sends an edition to a million people on a fake clock: `python -m benchmarks.newsletter_million`.

Walk and send are the service's own rules over tables, queues and an SES in memory. One in a hundred
chunks loses its worker at a random call, one in a thousand messages comes twice, and one in ten
thousand people leaves while the edition is being sent. Prices are AWS's list prices, Frankfurt,
November 2026, to be checked before they are relied on.
"""

import heapq
import resource
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from newsreel.accounts.table.subscribers import SHARDS, Recipient
from newsreel.mail_table.edition_records import Edition, EditionVideo
from newsreel.newsletter.mails import EditionMail
from newsreel.newsletter.plan import Quota, rate_of
from newsreel.newsletter.send import Timing, Worker
from newsreel.newsletter.steps import WalkStep
from newsreel.newsletter.walk import Walker
from newsreel.policy import POLICY
from newsreel.texts import messages

from benchmarks.newsletter_world import (
    RECEIVES,
    SES_SECONDS,
    VISIBILITY,
    ChunkQueue,
    Clock,
    Desk,
    KilledError,
    Marks,
    MessagesLostError,
    People,
    WalkQueue,
    throttled,
)

_TIMEOUT = 120.0
_MILLION = 1_000_000
_PRICES = {
    "SendRawEmail": 0.10 / 1_000,
    "PutItem": 0.7625 / _MILLION,
    "UpdateItem": 0.7625 / _MILLION,
    "DeleteItem": 0.7625 / _MILLION,
    "read units": 0.1525 / _MILLION,
    "Query": 16 * 0.1525 / _MILLION,  # a page of keys is 120 KB
    "GetItem": 3 * 0.1525 / _MILLION,  # an edition is 10 KB
    "SendMessage": 0.40 / _MILLION,
    "ReceiveMessage": 0.40 / _MILLION,
    "DeleteMessage": 0.40 / _MILLION,
}
_SECOND = 0.5 * 0.0000133334  # arm64, 512 MB


@dataclass
class Outcome:
    """What a run came to."""

    recipients: int
    hours: float = 0.0
    mailed_twice: int = 0
    mailed_after_leaving: int = 0
    """More than a chunk's time after they left."""
    left: int = 0
    in_doubt: int = 0
    unaccounted: int = 0
    """People without a mark: nobody may be."""
    lost_chunks: int = 0
    mails: int = 0
    killed: int = 0
    fastest_second: int = 0
    """The most mails that SES took in one second."""
    calls: Counter[str] = field(default_factory=Counter)
    worker_seconds: float = 0.0

    @property
    def dollars(self) -> float:
        """Return what the run costs."""
        calls = sum(price * self.calls[name] for name, price in _PRICES.items())
        return calls + self.worker_seconds * _SECOND


class Simulation:
    """One edition, from its first step to its last mail."""

    def __init__(
        self, recipients: int, *, ses_rate: float, workers: int, seed: int = 1, kills: float = 0.01
    ) -> None:
        self.random = Random(seed)  # noqa: S311 - a simulation, which must be the same each time
        self.clock = Clock()
        self.kills = kills
        self.ses_rate = ses_rate
        rate = rate_of(ses_rate, Quota(-1, ses_rate, 0))
        lasts = recipients / rate
        self.leaves = {
            self.random.randrange(recipients): self.random.uniform(0, lasts)
            for _ in range(recipients // 10_000)
        }
        self.workers = workers
        self.desk = Desk(self.clock, edition_at(rate))
        self.people = People(self.clock, recipients, self.leaves)
        self.marks = Marks(self.clock, recipients)
        self.steps = WalkQueue(self.clock)
        self.chunks = ChunkQueue(self.clock, self.random, twice=0.001)
        self.sent = bytearray(recipients)
        self.seconds: Counter[int] = Counter()
        self.outcome = Outcome(recipients)

    def run(self) -> Outcome:
        """Walk every shard, send every chunk, and count."""
        self._walk()
        self._send_all()
        self._count()
        return self.outcome

    def _walk(self) -> None:
        walker = Walker(self.desk, self.people, self.steps, self.chunks, self.workers)
        for language in messages.LANGUAGES:
            self.steps.send(
                [WalkStep(edition_id="e", language=language, shard=shard) for shard in SHARDS]
            )
        while self.steps.waiting:
            at, _, step = heapq.heappop(self.steps.waiting)
            self.clock.now = max(self.clock.now, at)
            self._take()
            try:
                walker.walk(step, now=int(self.clock.now))
            except KilledError:
                self.outcome.killed += 1
                self.clock.until_kill = -1
                self.steps.send([step], delay=VISIBILITY)
            self._give_back()

    def _send_all(self) -> None:
        free = [(0.0, number) for number in range(self.workers)]
        while self.chunks.waiting:
            at, chunk, receives = self.chunks.pop("e")
            since, number = heapq.heappop(free)
            start = max(at, since)
            self.clock.now, self.clock.ends = start, start + _TIMEOUT
            self._take()
            try:
                self._worker(f"{number}-{start}").send(chunk)
            except KilledError:
                self.outcome.killed += 1
                self.clock.until_kill = -1
                if receives + 1 == RECEIVES:
                    self.outcome.lost_chunks += 1
                else:
                    self.chunks.push(chunk, start + VISIBILITY, receives + 1)
            self._give_back()
            self.outcome.worker_seconds += self.clock.now - start
            self.outcome.hours = max(self.outcome.hours, self.clock.now / 3600)
            heapq.heappush(free, (self.clock.now, number))

    def _take(self) -> None:
        self.clock.calls["ReceiveMessage"] += 1
        struck = self.random.random() < self.kills
        self.clock.until_kill = self.random.randrange(1, 300) if struck else -1

    def _give_back(self) -> None:
        self.clock.until_kill = -1
        self.clock.calls["DeleteMessage"] += 1

    def _worker(self, name: str) -> Worker:
        clock = self.clock

        def sleep(seconds: float) -> None:
            clock.now += seconds

        return Worker(
            desk=self.desk,
            people=self.people,
            marks=self.marks,
            chunks=self.chunks,
            is_held=lambda: False,
            deliver=self._deliver,
            note=self.marks.note,
            timing=Timing(lambda: clock.now, sleep, lambda: clock.ends - clock.now),
            name=name,
            workers=self.workers,
            domain="news.example.org",
        )

    def _deliver(self, _edition: Edition, _mail: EditionMail, recipient: Recipient) -> None:
        """Be SES: refuse what is more than a second allows, take the rest."""
        second = int(self.clock.now)
        if self.seconds[second] >= self.ses_rate:
            raise throttled()
        self.seconds[second] += 1
        number = People.number(recipient.account_id)
        self.sent[number] += 1
        leaves = self.leaves.get(number, float("inf"))
        if self.clock.now > leaves + POLICY.newsletter.chunk_time:
            self.outcome.mailed_after_leaving += 1
        self.clock.spend("SendRawEmail", SES_SECONDS)

    def _count(self) -> None:
        told = self.outcome
        states = Counter(self.marks.states)
        told.mails = sum(1 for times in self.sent if times)
        told.mailed_twice = sum(1 for times in self.sent if times > 1)
        told.unaccounted, told.in_doubt, told.left = states[0], states[1], states[4]
        told.fastest_second = max(self.seconds.values(), default=0)
        told.calls = self.clock.calls
        walked = sum(walk.chunks for walk in self.desk.walks.values())
        if len(self.marks.chunks) + told.lost_chunks < walked:
            raise MessagesLostError("chunks")


def edition_at(rate: float) -> Edition:
    """Return an edition that is being sent at a rate."""
    video = EditionVideo("video-1", "Doorstep statement", "2026-02-14T09:00:00Z")
    return Edition(
        edition_id="e",
        state="sending",
        state_at=0,
        created_at=0,
        since=0,
        until=0,
        videos=(video,) * POLICY.newsletter.videos,
        more=0,
        rate=rate,
        walking=True,
    )


def megabytes() -> float:
    """Return the most memory that this process has held; Linux counts kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


RUNS = (
    (10_000, 100.0, 10),
    (100_000, 100.0, 10),
    (_MILLION, 14.0, 2),
    (_MILLION, 100.0, 10),
    (_MILLION, 500.0, 30),
)


def main() -> None:
    """Print one line for each run."""
    before = megabytes()
    print(
        "recipients  rate  workers  hours  dollars  twice  late  left  in doubt  killed  MB  took"
    )
    for recipients, rate, workers in RUNS:
        started = time.monotonic()
        told = Simulation(recipients, ses_rate=rate, workers=workers).run()
        print(
            f"{recipients:10,} {rate:5.0f} {workers:8} {told.hours:6.2f} {told.dollars:8.2f}"
            f" {told.mailed_twice:6} {told.mailed_after_leaving:5} {told.left:5}"
            f" {told.in_doubt:9} {told.killed:7} {megabytes() - before:3.0f}"
            f" {time.monotonic() - started:4.0f}s"
        )
    calls = ", ".join(f"{count:,} {name}" for name, count in sorted(told.calls.items()))
    print(f"\nCalls of the last run: {calls}")


if __name__ == "__main__":
    main()
