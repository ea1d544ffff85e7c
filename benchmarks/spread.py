"""Decides what several measurements of one thing say: their median, and when a budget is missed."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple, Self


class Spread(NamedTuple):
    """The quartiles of some measurements."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, runs: Sequence[float]) -> Self:
        """Return the quartiles; of one measurement they are all the same."""
        if len(runs) == 1:
            return cls(runs[0], runs[0], runs[0])
        low, median, high = statistics.quantiles(runs, n=4, method="inclusive")
        return cls(low, median, high)

    def over(self, divisor: float) -> "Spread":
        """Return the spread in another unit."""
        return Spread(self.low / divisor, self.median / divisor, self.high / divisor)

    def meets(self, budget: float) -> bool:
        """Tell whether a budget is met: missed is what lies above it with its whole quartiles.

        So neither chance nor other work on the machine misses a budget, nor meets one that is
        missed in truth: the medians are shown.
        """
        return self.low <= budget
