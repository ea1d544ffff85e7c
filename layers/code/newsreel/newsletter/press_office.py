"""Decides how an edition comes about and goes on: by the schedule, the clock, the press office.

Every change of its state is one conditional write; a writer that loses a race reads it again. What
follows from a state (previews, the walk's first messages) is done after the write and done again
by the clock if it was cut off, so doing it twice is harmless.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from newsreel.accounts.table.subscribers import SHARDS
from newsreel.mail_table.edition_records import OVER, Edition, EditionVideo, Newest, Walk
from newsreel.newsletter import plan, states
from newsreel.newsletter.states import Approval, Command
from newsreel.newsletter.steps import Queue, WalkStep
from newsreel.policy import HOUR, POLICY
from newsreel.texts import messages

_RULES = POLICY.newsletter
_TRIES = 5


class LostRaceError(Exception):
    """An edition changed again and again while it was being changed; the event is tried again."""


class Editions(Protocol):
    """Where editions are kept."""

    def read(self, edition_id: str) -> Edition | None:
        """Return an edition as it is now."""

    def read_newest(self) -> Newest:
        """Return what is known of all editions."""

    def create(self, edition: Edition, newest: Newest, announced: Sequence[str]) -> bool:
        """Store a new edition; False if there is one already."""

    def pass_over(self, newest: Newest, until: int) -> None:
        """Note that nothing was published up to a time."""

    def save(self, before: Edition, **changes: object) -> Edition | None:
        """Store an edition with changes; None if somebody else changed it."""

    def retire(self, edition_id: str) -> None:
        """Look after an edition no more."""

    def read_walks(self, edition_id: str) -> list[Walk]:
        """Return how far every shard has been walked."""


@dataclass(frozen=True, slots=True)
class PressOffice:
    """What making and steering editions needs."""

    editions: Editions
    list_period: Callable[[int, int], Sequence[str]]
    """The ids of the videos of a period, newest first."""
    read_videos: Callable[[Sequence[str]], Sequence[EditionVideo]]
    fits: Callable[[Edition], bool]
    """Whether the mails of an edition are small enough."""
    count_subscribers: Callable[[], int]
    read_counts: Callable[[str, str], list[dict[str, int]]]
    """The counts of the finished chunks of a shard of an edition."""
    quota: Callable[[], plan.Quota]
    send_previews: Callable[[Edition], None]
    write_report: Callable[[Edition], None]
    steps: Queue[WalkStep]
    approval: Approval
    wanted_rate: float

    def make(self, edition_id: str, since: int | None, *, now: int) -> Edition | None:
        """Make the edition of a moment and preview it; None if there is nothing new.

        It looks back to the edition before it; one that somebody makes by hand announces all since
        ``since``, announced or not.
        """
        edition = self.editions.read(edition_id)
        if edition is None:
            edition = self._draft(edition_id, since, now=now)
        return self.carry_on(edition, now=now) if edition else None

    def obey(self, edition_id: str, command: Command, *, now: int) -> Edition | None:
        """Do what the press office asks; None if there is no such edition or it means nothing."""
        for _ in range(_TRIES):
            edition = self.editions.read(edition_id)
            state = states.after(edition.state, command) if edition else None
            if edition is None or state is None:
                return None
            reason = "press_office" if command == "cancel" else ""
            changed = self._change(edition, now=now, state=state, reason=reason)
            if changed:
                return self.carry_on(changed, now=now)
        raise LostRaceError

    def carry_on_all(self, *, now: int) -> None:
        """Do what is due by the clock for every edition, until it is over and its report says so.

        The report is written again each time: a worker that stops an edition writes none, and the
        answer of a write may be lost together with what was to follow it.
        """
        for edition_id in self.editions.read_newest().active:
            edition = self.editions.read(edition_id)
            if edition is None:
                continue
            after = self.carry_on(edition, now=now)
            if after == edition:
                self.write_report(edition)
            if after.state in OVER:
                self.editions.retire(edition_id)

    def carry_on(self, edition: Edition, *, now: int) -> Edition:
        """Do what is due for one edition, until nothing more is."""
        while command := states.due(edition, now=now, approval=self.approval):
            changed = self._do(edition, command, now=now)
            if changed is None:
                break
            edition = changed
        return edition

    def _draft(self, edition_id: str, since: int | None, *, now: int) -> Edition | None:
        newest = self.editions.read_newest()
        begins = since or newest.until or now - _RULES.first_period
        overlap = _RULES.overlap if newest.until and since is None else 0
        known = self.list_period(begins - overlap, now)
        announced = newest.announced if since is None else frozenset()
        new = [video_id for video_id in known if video_id not in announced]
        videos = tuple(self.read_videos(new[: _RULES.videos]))
        if not videos:
            self.editions.pass_over(newest, now)
            return None
        edition = self._fitted(
            Edition(
                edition_id=edition_id,
                state="draft",
                state_at=now,
                created_at=now,
                since=begins,
                until=now,
                videos=videos,
                more=max(0, len(new) - _RULES.videos),
            )
        )
        # Lost to another run of the same moment: theirs goes on.
        created = self.editions.create(edition, newest, known)
        return edition if created else self.editions.read(edition_id)

    def _fitted(self, edition: Edition) -> Edition:
        """Return the edition with as many videos as a mail has room for; the rest is counted."""
        while len(edition.videos) > 1 and not self.fits(edition):
            edition = shorter(edition)
        return edition

    def _do(self, edition: Edition, command: Command, *, now: int) -> Edition | None:
        """Do one thing that is due; None if it changed nothing."""
        if command == "start":
            return self._start(edition, now=now)
        if command == "finish":
            return self._begin_walk(edition) if not edition.walking else self._finish(edition, now)
        state = states.after(edition.state, command)
        if state is None:
            return None
        if command == "preview":
            ready = _with_deadline(edition, now, self.approval, self.count_subscribers())
            self.send_previews(ready)
            return self._change(
                edition,
                now=now,
                state=state,
                approve_by=ready.approve_by,
                recipients=ready.recipients,
            )
        reason = "overdue" if command == "cancel" else ""
        return self._change(edition, now=now, state=state, reason=reason)

    def _start(self, edition: Edition, *, now: int) -> Edition | None:
        """Begin to send, or go on after a hold, if today's quota has room for everybody left."""
        quota = self.quota()
        recipients = self.count_subscribers()
        served = sum(self._count(edition).values())
        room = plan.room(quota)
        facts: dict[str, object] = {
            "recipients": recipients,
            "rate": plan.rate_of(self.wanted_rate, quota),
        }
        if room is not None and max(0, recipients - served) > room:
            held: dict[str, object] = {
                "reason": "quota",
                "quota_left": room,
                "held_until": now + HOUR,
                **facts,
            }
            if edition.state == "held":  # still: how long it has been is not forgotten
                self._save(edition, **held)
                return None
            return self._change(edition, now=now, state="held", **held)
        return self._change(edition, now=now, state="sending", reason="", **facts)

    def _begin_walk(self, edition: Edition) -> Edition | None:
        for language in messages.LANGUAGES:
            self.steps.send(
                [
                    WalkStep(edition_id=edition.edition_id, language=language, shard=shard)
                    for shard in SHARDS
                ]
            )
        return self._save(edition, walking=True)

    def _finish(self, edition: Edition, now: int) -> Edition | None:
        """End an edition whose every shard was walked and every chunk sent, or that takes a week.

        What a worker could not send in that time waits among the failed messages; the report says
        how many mails that concerns.
        """
        walks = self.editions.read_walks(edition.edition_id)
        everywhere = len(walks) == len(messages.LANGUAGES) * len(SHARDS)
        finished = [self.read_counts(edition.edition_id, shard) for shard in SHARDS]
        complete = (
            everywhere
            and all(walk.done for walk in walks)
            and sum(map(len, finished)) >= sum(walk.chunks for walk in walks)
        )
        if not complete and now < edition.state_at + _RULES.approval:
            return None
        counts = _sum(one for chunks in finished for one in chunks)
        return self._change(edition, now=now, state="sent", counts=counts)

    def _count(self, edition: Edition) -> Mapping[str, int]:
        if not edition.walking:
            return {}
        chunks = [self.read_counts(edition.edition_id, shard) for shard in SHARDS]
        return _sum(one for some in chunks for one in some)

    def _change(self, edition: Edition, *, now: int, **changes: object) -> Edition | None:
        return self._save(edition, state_at=now, **changes)

    def _save(self, edition: Edition, **changes: object) -> Edition | None:
        saved = self.editions.save(edition, **changes)
        if saved is not None:
            self.write_report(saved)
        return saved


def shorter(edition: Edition) -> Edition:
    """Return an edition that only counts its last video."""
    return replace(edition, videos=edition.videos[:-1], more=edition.more + 1)


def _with_deadline(edition: Edition, now: int, approval: Approval, recipients: int) -> Edition:
    return replace(edition, approve_by=states.approve_by(now, approval), recipients=recipients)


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)
