"""Decides which keyframes of a track are looked at: those that its edit list shows, if any are."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from newsreel.media.mp4 import Index, Track
from newsreel.media.sample_tables import READ_WHOLE, SampleTables

_PARTS = 64
"""Parts of an edit list among which one with a keyframe is looked for, for each picture."""


def find(index: Index, track: Track, shares: Sequence[float]) -> list[int]:
    """Return the numbers of keyframes at these shares, 0 to 1, of what is shown, in their order.

    Where no keyframe that was looked at is shown, they are those that the shown pictures need.
    """
    times = _Times.of(track.tables, track.duration)
    parts = index.parts(track)
    ends = list(accumulate(length for _first, length in parts))
    shown: list[int] = []
    needed: list[int] = []
    for share in shares:
        wanted = share * ends[-1]
        number = min(bisect_right(ends, wanted), len(parts) - 1)
        time = parts[number][0] + wanted - (ends[number] - parts[number][1])
        before = track.tables.sync_before(times.sample_at(time))
        if before is not None:
            needed.append(before)
        within = _within(track.tables, times, time, parts[number : number + _PARTS])
        if within is not None:
            shown.append(within)
    return [*dict.fromkeys(shown or needed)]


def _within(
    tables: SampleTables, times: "_Times", time: float, parts: Sequence[tuple[float, float]]
) -> int | None:
    """Return the last keyframe before a time in the first part, else the last of a later part."""
    for first, length in parts:
        for place in (min(time, first + length), first + length):
            found = tables.sync_before(times.sample_before(place))
            if found is not None and first <= times.of_sample(found) < first + length:
                return found
        time = first + length
    return None


@dataclass(frozen=True, slots=True)
class _Times:
    """When samples are shown: ``samples`` and ``starts`` are where runs of equal ``ticks`` begin.

    ``later`` is how much later than it is decoded the first one is shown; keyframes are alike.
    """

    samples: Sequence[int]
    starts: Sequence[float]
    ticks: Sequence[float]
    later: int

    @classmethod
    def of(cls, tables: SampleTables, duration: int) -> "_Times":
        """Return the times of a track; of one whose rate changes too often, by its mean rate."""
        most = READ_WHOLE // 8
        rows: Sequence[tuple[int, float]] = tables.times(most)
        if len(rows) == most or not any(ticks for _many, ticks in rows):
            rows = [(tables.count, duration / max(1, tables.count))]
        return cls(
            samples=[0, *accumulate(many for many, _ticks in rows)],
            starts=[0.0, *accumulate(float(many * ticks) for many, ticks in rows)],
            ticks=[ticks for _many, ticks in rows],
            later=tables.first_is_later,
        )

    def of_sample(self, sample: int) -> float:
        """Return when a sample is shown."""
        run = min(bisect_right(self.samples, sample), len(self.ticks)) - 1
        return self.starts[run] + (sample - self.samples[run]) * self.ticks[run] + self.later

    def sample_at(self, time: float) -> int:
        """Return which sample is shown at a time, if none are reordered."""
        time = max(0.0, time - self.later)
        run = min(bisect_right(self.starts, time), len(self.ticks)) - 1
        return self.samples[run] + int((time - self.starts[run]) / (self.ticks[run] or 1))

    def sample_before(self, time: float) -> int:
        """Return the last sample that is shown before a time, if none are reordered."""
        sample = self.sample_at(time)
        return sample - 1 if sample and self.of_sample(sample) >= time else sample
