"""Decides how a chunk of an edition is sent: once to each person who still wants it, slowly.

For each: mark claimed, ``SendRawEmail``, mark sent, a step in the delivery trail. A worker that
ends before the second mark leaves a claim whose mail is in doubt; it is counted and never sent
again. Whatever makes sending wait puts the whole chunk back: its marks say who was served.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from newsreel.accounts.table.subscribers import Recipient
from newsreel.aws.transient_errors import is_transient
from newsreel.mail_table.edition_records import OVER, Edition, EditionVideo
from newsreel.mail_table.marks import MarkState
from newsreel.newsletter.mails import EditionMail
from newsreel.newsletter.plan import pace_of
from newsreel.newsletter.refused import Refused, judge
from newsreel.newsletter.steps import Chunk, Queue, following
from newsreel.policy import POLICY
from newsreel.refusals import Refusal

Outcome: TypeAlias = Literal["over", "waiting", "busy", "stopped", "out_of_time", "empty", "done"]
Counts: TypeAlias = Counter[str]

RESERVE = 15.0
"""Seconds of a function's time that no mail is begun in: two calls may each take their longest."""
_RULES = POLICY.newsletter
_WRITES = 3
Written = TypeVar("Written")


class Marks(Protocol):
    """Where it is kept who got what."""

    def claim(
        self, edition_id: str, shard: str, account_id: str, *, worker: str, now: int
    ) -> MarkState | None:
        """Claim a person's mail: None if it is ours to send."""

    def leave(
        self, edition_id: str, shard: str, account_id: str, *, worker: str, now: int
    ) -> MarkState | None:
        """Mark a person who is not mailed."""

    def settle(
        self, edition_id: str, shard: str, account_id: str, state: Literal["sent", "refused"]
    ) -> None:
        """Mark what became of a claimed mail."""

    def release(self, edition_id: str, shard: str, account_id: str, *, worker: str) -> None:
        """Give a claim back."""

    def count_chunk(
        self, edition_id: str, shard: str, chunk_id: str, counts: Mapping[str, int], *, now: int
    ) -> None:
        """Keep what became of the mails of a chunk."""


class Desk(Protocol):
    """What an edition is and what it says."""

    def read(self, edition_id: str) -> Edition | None:
        """Return an edition as it is now."""

    def still_published(self, edition: Edition) -> Sequence[EditionVideo]:
        """Return those of its videos that the public may see now."""

    def stop(self, edition: Edition, why: Refused | Literal["withdrawn"]) -> None:
        """Hold an edition that SES refuses, or cancel one that has nothing left to announce."""

    def write(self, edition: Edition, videos: Sequence[EditionVideo], language: str) -> EditionMail:
        """Return an edition's words in a language."""


class People(Protocol):
    """To whom it goes."""

    def read(self, account_ids: Collection[str]) -> dict[str, Recipient]:
        """Return those who want the newsletter now."""

    def suppressed(self, recipients: Collection[Recipient]) -> Collection[str]:
        """Return the account ids of those whose addresses get no newsletter for now."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock of a worker; a simulation has its own."""

    now: Callable[[], float]
    sleep: Callable[[float], None]
    time_left: Callable[[], float]
    """Seconds until the worker is ended."""


@dataclass(frozen=True, slots=True)
class Worker:
    """What sending a chunk needs."""

    desk: Desk
    people: People
    marks: Marks
    chunks: Queue[Chunk]
    is_held: Callable[[], bool]
    """Whether newsletters wait for codes."""
    deliver: Callable[[Edition, EditionMail, Recipient], None]
    """Hand one mail to SES; raises what SES raises."""
    note: Callable[[Edition, Recipient, str], None]
    """Keep in the delivery trail what became of one mail."""
    timing: Timing
    name: str
    """Of this run alone: it tells its own claims from others'."""
    workers: int
    """How many of them there are."""
    domain: str
    """The one that editions come from: if it is not verified, nobody is mailed."""

    def send(self, chunk: Chunk) -> Outcome:
        """Send a chunk, or put it back."""
        edition = self.desk.read(chunk.edition_id)
        if edition is None or edition.state in OVER:
            return "over"
        if edition.state != "sending":
            return self._put_back(chunk, _RULES.paused_wait, "waiting")
        if self.is_held():
            return self._put_back(chunk, _RULES.busy_wait, "waiting")
        videos = self.desk.still_published(edition)
        if not videos:
            self.desk.stop(edition, "withdrawn")
            return "empty"
        return self._send_to_all(chunk, edition, videos)

    def _send_to_all(
        self, chunk: Chunk, edition: Edition, videos: Sequence[EditionVideo]
    ) -> Outcome:
        recipients = self.people.read(chunk.account_ids)
        suppressed = self.people.suppressed(recipients.values())
        mails: dict[str, EditionMail] = {}
        counts: Counts = Counter()
        pace, next_at = pace_of(edition.rate, self.workers), 0.0
        for account_id in chunk.account_ids:
            recipient = recipients.get(account_id)
            if recipient is None or account_id in suppressed:
                counts[self._leave(chunk, account_id, edition, recipient)] += 1
                continue
            if self.timing.time_left() < RESERVE + pace:
                return self._put_back(chunk, 0, "out_of_time")
            self.timing.sleep(max(0.0, next_at - self.timing.now()))
            if (before := self._claim(chunk, account_id)) is not None:
                counts["in_doubt" if before == "claimed" else before] += 1
                continue
            next_at = self.timing.now() + pace
            language = recipient.language
            if language not in mails:
                mails[language] = self.desk.write(edition, videos, language)
            became = self._deliver(chunk, edition, mails[language], recipient)
            if became == "busy":
                return self._put_back(chunk, _RULES.busy_wait, "busy")
            if became in {"stopped", "quota"}:
                return self._put_back(chunk, _RULES.stopped_wait, "stopped")
            self._note(edition, recipient, became)
            counts[became] += 1
        now = int(self.timing.now())
        self.marks.count_chunk(chunk.edition_id, chunk.shard, chunk.chunk_id, counts, now=now)
        return "done"

    def _deliver(
        self, chunk: Chunk, edition: Edition, mail: EditionMail, recipient: Recipient
    ) -> str:
        """Send one claimed mail; return what became of it, or why nothing is sent for now."""
        place = (chunk.edition_id, chunk.shard, recipient.account_id)
        try:
            self.deliver(edition, mail, recipient)
        except Exception as error:  # noqa: BLE001 - judged, and never told with its text
            why = judge(error, own_domain=self.domain)
            if why == "in_doubt":
                return why
            if why == "this_mail":
                _surely(lambda: self.marks.settle(*place, "refused"))
                return "refused"
            _surely(lambda: self.marks.release(*place, worker=self.name))
            if why != "busy":
                self.desk.stop(edition, why)
            return why
        _surely(lambda: self.marks.settle(*place, "sent"))
        return "sent"

    def _claim(self, chunk: Chunk, account_id: str) -> MarkState | None:
        now = int(self.timing.now())
        place = (chunk.edition_id, chunk.shard, account_id)
        return _surely(lambda: self.marks.claim(*place, worker=self.name, now=now))

    def _leave(
        self, chunk: Chunk, account_id: str, edition: Edition, suppressed: Recipient | None
    ) -> str:
        now = int(self.timing.now())
        place = (chunk.edition_id, chunk.shard, account_id)
        before = self.marks.leave(*place, worker=self.name, now=now)
        if before is None and suppressed is not None:
            self._note(edition, suppressed, "withheld")
        return "in_doubt" if before == "claimed" else before or "left"

    def _note(self, edition: Edition, recipient: Recipient, step: str) -> None:
        """Keep a step in the trail; to lose one is better than to hold mails up for it."""
        with suppress(BotoCoreError, ClientError, Refusal):
            _surely(lambda: self.note(edition, recipient, step))

    def _put_back(self, chunk: Chunk, delay: int, outcome: Outcome) -> Outcome:
        self.chunks.send([following(chunk)], delay=delay)
        return outcome


def _surely(write: Callable[[], Written]) -> Written:
    """Write a mark, once more and once more if the table is busy or its answer is lost.

    Each of them may be repeated; a mark that is not written would leave a mail in doubt that is in
    none.
    """
    for _ in range(_WRITES - 1):
        try:
            return write()
        except Refusal:  # busy, whether or not the write took effect
            continue
        except Exception as error:
            if not is_transient(error):
                raise
    return write()
