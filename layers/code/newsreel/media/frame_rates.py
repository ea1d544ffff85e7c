"""Decides what a video's frame rate is: never a time scale, never an average of what is steady."""

from collections.abc import Sequence
from fractions import Fraction

FASTEST = 1000
"""Frames a second: more is the number of ticks of some clock, not a rate."""

_STANDARD = tuple(
    exact
    for nominal in (24, 25, 30, 48, 50, 60, 100, 120, 240)
    for exact in (Fraction(nominal), Fraction(nominal * 1000, 1001))
)
_VARIATION = 0.1
_FEW = 5
"""Of fewer times between frames nobody can tell which is usual and which is odd."""


def chosen(
    average: Fraction | None, guesses: Sequence[Fraction | None], duration: float
) -> Fraction | None:
    """Return the rate that is meant, or None where none can be told.

    A phone's clip of 30 frames a second lasts a frame less or more than that, so a guess counts
    while its number of frames and the real one differ by one at most; a standard rate first.
    """
    possible = [rate for guess in guesses if (rate := clean(plausible(guess)))]
    average = plausible(average)
    if average is not None:
        possible = [rate for rate in possible if abs(float(rate - average)) * duration <= 1]
    standard = [rate for rate in possible if rate in _STANDARD]
    return next(iter([*standard, *possible]), clean(average))


def plausible(rate: Fraction | None) -> Fraction | None:
    """Return a rate, or None for what can't be one."""
    return rate if rate and 0 < rate <= FASTEST else None


def clean(rate: Fraction | None) -> Fraction | None:
    """Return the standard rate that a measured one means: 29.97003 is 30000/1001."""
    if rate is None:
        return None
    nearest = min(_STANDARD, key=lambda exact: abs(exact - rate))
    # 25 and 24.975 differ by one in a thousand.
    return nearest if abs(float(rate / nearest) - 1) < 1e-4 else rate  # noqa: PLR2004


def of_runs(runs: Sequence[tuple[int, int]], timescale: int) -> Fraction | None:
    """Return the average rate of samples: how many of how many ticks each, in order.

    The last one's length is left out: with nothing behind it, writers put anything there. So is the
    first one's, if it alone has it: see ``without_odd_one``.
    """
    if len(runs) > 1 and runs[0][0] == 1 < runs[1][0]:
        runs = runs[1:]
    *others, (many, ticks) = runs or [(0, 0)]
    frames = sum(count for count, _ticks in others) + many - 1
    total = sum(count * each for count, each in others) + (many - 1) * ticks
    return Fraction(frames * timescale, total) if frames > 0 and total > 0 else None


def without_odd_one(gaps: Sequence[int]) -> list[int]:
    """Return the times between frames without the one that differs most from the usual.

    Some writers let the first frame last longer, by what the sound begins before the pictures.
    """
    if len(gaps) < _FEW:
        return [*gaps]
    usual = sorted(gaps)[len(gaps) // 2]
    odd = max(range(len(gaps)), key=lambda number: abs(gaps[number] - usual))
    return [gap for number, gap in enumerate(gaps) if number != odd]


def of_gaps(gaps: Sequence[int], ticks: Fraction) -> Fraction | None:
    """Return the rate of frames with these times between them; ``ticks`` are those of a second."""
    usual = without_odd_one(gaps)
    total = sum(usual)
    return Fraction(len(usual)) * ticks / total if total > 0 else None


def varies(gaps: Sequence[int]) -> bool:
    """Tell whether the times between frames differ by more than coarse clocks do."""
    if len(gaps) < _FEW:
        return False
    ordered = sorted(without_odd_one(gaps))
    usual = ordered[len(ordered) // 2]
    # Coarse time bases round: a tick more or less is not variation.
    return ordered[-1] - ordered[0] > max(2, usual * _VARIATION)
