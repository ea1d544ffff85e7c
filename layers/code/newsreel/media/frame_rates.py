"""Decides what a video's frame rate is: never a time scale, never an average of what is steady."""

from collections.abc import Sequence
from fractions import Fraction

FASTEST = 1000
"""Frames a second: more is the number of ticks of some clock, not a rate."""

_NOMINAL = (24, 25, 30, 48, 50, 60, 100, 120, 240)
_VARIATION = 0.1


def chosen(average: Fraction | None, guessed: Fraction | None, duration: float) -> Fraction | None:
    """Return the rate that is meant, or None where none can be told.

    A phone's clip of 30 frames a second lasts a frame less or more than that, so the guess counts
    while its number of frames and the real one differ by one at most.
    """
    average, guessed = plausible(average), plausible(guessed)
    if average is None or guessed is None:
        return clean(average or guessed)
    if abs(float(guessed - average)) * duration <= 1:
        return clean(guessed)
    return clean(average)


def plausible(rate: Fraction | None) -> Fraction | None:
    """Return a rate, or None for what can't be one."""
    return rate if rate and 0 < rate <= FASTEST else None


def clean(rate: Fraction | None) -> Fraction | None:
    """Return the standard rate that a measured one means: 29.97003 is 30000/1001."""
    for nominal in _NOMINAL if rate else ():
        for exact in (Fraction(nominal), Fraction(nominal * 1000, 1001)):
            if rate and abs(float(rate / exact) - 1) < 1e-4:  # noqa: PLR2004 - 25 and 24.975 differ by 1e-3
                return exact
    return rate


def of_runs(runs: Sequence[tuple[int, int]], timescale: int) -> Fraction | None:
    """Return the average rate of samples: how many of how many ticks each, in order.

    The last one's length is left out: with nothing behind it, writers put anything there.
    """
    *others, (many, ticks) = runs or [(0, 0)]
    frames = sum(count for count, _ticks in others) + many - 1
    total = sum(count * each for count, each in others) + (many - 1) * ticks
    return Fraction(frames * timescale, total) if frames > 0 and total > 0 else None


def varies(gaps: Sequence[float]) -> bool:
    """Tell whether the times between frames differ by more than coarse clocks do."""
    if len(gaps) < 3:  # noqa: PLR2004 - too few to tell
        return False
    ordered = sorted(gaps)
    usual = ordered[len(ordered) // 2]
    # Coarse time bases round: a tick more or less is not variation.
    return ordered[-1] - ordered[0] > max(2, usual * _VARIATION)
