"""Sends codes while an edition goes out, on a fake clock: how long a code waits for SES.

SES is a token bucket with the account's one rate, which sets and identities share. Codes come at
random and in bursts; one that SES refuses waits as ``code_issuance`` does, 1, 2, 4, 8 seconds with
jitter, and makes newsletters hold for a minute. The edition's workers run the service's own rule.
"""

import heapq
import itertools
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from random import Random

from newsreel.accounts.table.subscribers import Recipient
from newsreel.mail_table.edition_records import Edition
from newsreel.newsletter.mails import EditionMail
from newsreel.newsletter.plan import Quota, chunk_size, rate_of
from newsreel.newsletter.send import Timing, Worker
from newsreel.newsletter.steps import Chunk
from newsreel.policy import POLICY

from benchmarks.newsletter_million import edition_at
from benchmarks.newsletter_world import SES_SECONDS, Clock, Desk, Marks, throttled

_BACKOFF = (1, 2, 4, 8)


class EndedError(BaseException):
    """The simulated time is over."""


class VirtualTime:
    """Runs actors one at a time, always the one whose time comes first."""

    def __init__(self, until: float) -> None:
        self.now = 0.0
        self._until = until
        self._due: list[tuple[float, int, threading.Semaphore]] = []
        self._order = itertools.count()
        self._back = threading.Semaphore(0)
        self._over = False

    def start(self, actor: Callable[[], None], at: float = 0.0) -> None:
        """Let an actor begin at a time."""

        def live(turn: threading.Semaphore) -> None:
            turn.acquire()
            try:
                if not self._over:
                    actor()
            except EndedError:
                pass
            self._back.release()

        turn = threading.Semaphore(0)
        threading.Thread(target=live, args=(turn,), daemon=True).start()
        heapq.heappush(self._due, (at, next(self._order), turn))

    def sleep(self, seconds: float) -> None:
        """Run the earliest waiting task again and again until so much time has passed.

        Raises:
            EndedError: the simulated time is over.
        """
        turn = threading.Semaphore(0)
        heapq.heappush(self._due, (self.now + seconds, next(self._order), turn))
        self._back.release()
        turn.acquire()
        if self._over:
            raise EndedError

    def run(self) -> None:
        """Run every actor until the time is over."""
        while self._due:
            at, _, turn = heapq.heappop(self._due)
            self._over = self._over or at > self._until
            self.now = max(self.now, at)
            turn.release()
            self._back.acquire()


@dataclass
class TokenBucket:
    """SES: so many mails a second, and never more than a second's worth at once."""

    time: VirtualTime
    rate: float
    tokens: float = field(init=False)
    filled_at: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.rate

    def take(self) -> None:
        """Take one mail.

        Raises:
            ClientError: there is none to take now.
        """
        now = self.time.now
        self.tokens = min(self.rate, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            raise throttled()
        self.tokens -= 1


class Beside:
    """An edition and codes beside each other for some simulated seconds."""

    def __init__(
        self, *, ses_rate: float, newsletter_rate: float, codes: float, burst: int, seconds: float
    ) -> None:
        self.time = VirtualTime(seconds)
        self.bucket = TokenBucket(self.time, ses_rate)
        self.rate = newsletter_rate
        self.random = Random(7)  # noqa: S311 - a simulation, which must be the same each time
        self.waits: list[float] = []
        self.mails = 0
        self._hold_until = 0.0
        self._workers = 2
        for number in range(self._workers):
            self.time.start(lambda number=number: self._send_edition(number))  # type: ignore[misc]
        for at in self._arrivals(codes, burst, seconds):
            self.time.start(self._send_code, at)

    def run(self) -> None:
        """Let the time pass."""
        self.time.run()

    def _arrivals(self, codes: float, burst: int, seconds: float) -> Sequence[float]:
        """Return when codes are asked for: at random, and each minute some all at once."""
        moments = [self.random.uniform(0, seconds - 30) for _ in range(int(codes * seconds))]
        bursts = range(30, int(seconds) - 30, 60)
        return sorted(moments + [at + 0.001 * n for at in bursts for n in range(burst)])

    def _send_code(self) -> None:
        asked = self.time.now
        for wait in itertools.chain(_BACKOFF, itertools.repeat(_BACKOFF[-1])):
            try:
                self.bucket.take()
            except Exception:  # noqa: BLE001 - SES is busy
                self._hold_until = self.time.now + POLICY.newsletter.busy_wait
                self.time.sleep(wait * self.random.uniform(0.5, 1))
            else:
                self.waits.append(self.time.now - asked)
                return

    def _send_edition(self, number: int) -> None:
        clock = Clock()
        numbers = itertools.count()
        size = chunk_size(self.rate, self._workers)
        while True:
            chunk = Chunk(
                edition_id="e",
                language="en",
                shard="00",
                chunk_id="en-0-0",
                account_ids=[f"{next(numbers):032x}" for _ in range(size)],
            )
            back = _Back()
            marks = Marks(clock, 1 << 20)
            ends = self.time.now + 120
            worker = Worker(
                desk=Desk(clock, edition_at(self.rate)),
                people=_Everybody(),
                marks=marks,
                chunks=back,
                is_held=lambda: self.time.now < self._hold_until,
                deliver=self._deliver,
                note=marks.note,
                timing=Timing(
                    lambda: self.time.now,
                    self.time.sleep,
                    lambda ends=ends: ends - self.time.now,  # type: ignore[misc]
                ),
                name=str(number),
                workers=self._workers,
                domain="news.example.org",
            )
            worker.send(chunk)
            self.time.sleep(max(0.01, back.delay))

    def _deliver(self, _edition: Edition, _mail: EditionMail, _recipient: Recipient) -> None:
        self.bucket.take()
        self.mails += 1
        self.time.sleep(SES_SECONDS)


class _Everybody:
    """Subscribers who all stay."""

    def read(self, account_ids: Collection[str]) -> dict[str, Recipient]:
        return {one: Recipient(one, "p@example.org", "en") for one in account_ids}

    def suppressed(self, _recipients: Collection[Recipient]) -> Collection[str]:
        return ()


class _Back:
    """Notes for how long a chunk was put back."""

    def __init__(self) -> None:
        self.delay = 0.0

    def send(self, _messages: Sequence[Chunk], *, delay: int = 0) -> None:
        self.delay = delay


def beside(*, share: bool, ses_rate: float = 14, codes: float = 3, burst: int = 14) -> Beside:
    """Run ten minutes; without ``share`` the edition takes all that SES allows."""
    fair = rate_of(ses_rate, Quota(-1, ses_rate, 0))
    run = Beside(
        ses_rate=ses_rate,
        newsletter_rate=fair if share else ses_rate,
        codes=codes,
        burst=burst,
        seconds=600,
    )
    run.run()
    return run


def main() -> None:
    """Print how long codes waited, with the policy's share and without."""
    for share in (True, False):
        run = beside(share=share)
        late = sum(1 for wait in run.waits if wait > 0)
        print(
            f"{'with' if share else 'without'} the share: {len(run.waits):,} codes,"
            f" {late} waited, {max(run.waits):.1f} s at most; {run.mails:,} newsletters"
        )


if __name__ == "__main__":
    main()
