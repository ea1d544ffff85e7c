"""Decides whether the time of an answer reveals what an address is, by the ranks of pairs.

Two recorded answers, one for an unknown address, are given again one right after the other, each
three times in a random order; the fastest of each make a pair. What is measured is the processor
time of the thread, so a machine that does other things only adds noise. Wilcoxon's signed-rank test
looks at 500 pairs: what it finds is told only if 500 others say the same, or one comparison in a
thousand would fail by chance.

``make test-timing`` shows too that the test could find something: 100 µs that are added to a known
address's log-in, with 500 pairs in 9 of 10 runs; and that it finds nothing between two addresses
that nobody has used.
"""

import gc
import logging
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

from benchmarks.budgets import LEAST_P
from benchmarks.rank_tests import signed_rank
from benchmarks.timing_kinds import CASES, LOG_IN, NOTHING, Case, record, without_hash
from benchmarks.warm_requests import Recording, keep_secrets_until, network_of
from tests.support.cloud import FakeClock

_PAIRS, _RUNS, _FOUND, _PLANT = 500, 10, 9, 100.0
_FALSE = 1
"""The most of ten runs with nothing planted that may find something."""
_TIMES = 3


class Finding(NamedTuple):
    """What pairs say: by how many microseconds the first is slower (the median), and p."""

    slower: float
    p: float

    @property
    def is_found(self) -> bool:
        """Tell whether chance alone would hardly set them so far apart."""
        return self.p < LEAST_P

    def agrees_with(self, other: "Finding") -> bool:
        """Tell whether both find the same one slower."""
        return self.is_found and other.is_found and (self.slower > 0) == (other.slower > 0)


class Pairs:
    """The recorded answers of some cases, and how to measure pairs of them."""

    def __init__(self, fake_clock: FakeClock, cases: tuple[Case, ...]) -> None:
        self._clock = fake_clock
        self._recordings = record(fake_clock, cases)

    def work(self, case: Case) -> tuple[int, int]:
        """Return how many functions are called for a case's first answer, and for its second."""
        first, second = (self._count(case.route, kind) for kind in (case.kind, case.unknown))
        return first, second

    def compare(self, case: Case, pairs: int, *, planted: float = 0) -> Finding:
        """Measure pairs of a case; ``planted`` microseconds are added to its first."""
        two = (self._of(case.route, case.kind), self._of(case.route, case.unknown))
        with _no_collection():
            differences = [self._difference(two, planted) for _ in range(pairs)]
        return Finding(statistics.median(differences), signed_rank(differences))

    def _of(self, route: str, kind: str) -> Recording:
        return self._recordings[route, kind]

    def _count(self, route: str, kind: str) -> int:
        recording = self._of(route, kind)
        self._clock.time = recording.time
        keep_secrets_until(recording.time)
        calls = 0

        def count(_frame: FrameType, event: str, _value: object) -> None:
            nonlocal calls
            calls += event in {"call", "c_call"}

        with network_of(recording):
            recording.request.send()  # what is made once is made
            before = sys.getprofile()
            sys.setprofile(count)
            try:
                recording.request.send()
            finally:
                sys.setprofile(before)
        return calls

    def _difference(self, two: tuple[Recording, Recording], planted: float) -> float:
        fastest = [sys.float_info.max] * 2
        for _ in range(_TIMES):
            for number in random.sample((0, 1), 2):
                self._clock.time = two[number].time
                taken = _time(two[number], spin=0 if number else planted)
                fastest[number] = min(fastest[number], taken)
        return fastest[0] - fastest[1]


def _time(recording: Recording, *, spin: float) -> float:
    keep_secrets_until(recording.time)
    with network_of(recording):
        began = time.thread_time_ns()
        recording.request.send()
        until = time.thread_time_ns() + spin * 1000
        while spin and time.thread_time_ns() < until:
            pass
        return (time.thread_time_ns() - began) / 1000


@contextmanager
def _no_collection() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _tell(pairs: Pairs, cases: tuple[Case, ...]) -> list[Case]:
    told = []
    for case in cases:
        finding = pairs.compare(case, _PAIRS)
        again = pairs.compare(case, _PAIRS) if finding.is_found else None
        both = [f"{one.slower:+6.0f} µs  p {one.p:.4f}" for one in (finding, again) if one]
        print(f"{case.route:45} {case.kind:14} {', then '.join(both)}", flush=True)
        if again is not None and finding.agrees_with(again):
            told.append(case)
    return told


def main() -> int:
    """Say what the times of pairs tell; 1 if they tell an address, or miss what is planted."""
    logging.disable()
    with without_hash() as fake_clock:
        pairs = Pairs(fake_clock, (*CASES, NOTHING))
        told = _tell(pairs, CASES)
        found = [pairs.compare(LOG_IN, _PAIRS, planted=_PLANT).is_found for _ in range(_RUNS)]
        print(f"{_PLANT:.0f} µs planted: found in {sum(found)} of {_RUNS} runs", flush=True)
        false = [pairs.compare(NOTHING, _PAIRS).is_found for _ in range(_RUNS)]
        print(f"nothing planted: found in {sum(false)} of {_RUNS} runs")
    print(f"told by time: {[f'{case.kind}: {case.route}' for case in told] or 'nothing'}")
    return 1 if told or sum(found) < _FOUND or sum(false) > _FALSE else 0


if __name__ == "__main__":
    sys.exit(main())
