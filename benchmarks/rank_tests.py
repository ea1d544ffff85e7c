"""Decides by ranks whether two kinds of times differ: tests that no outlier moves."""

import math
from collections.abc import Sequence


def rank_test(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float]:
    """Return p (two-sided) and AUC of the Mann-Whitney U test, by its normal approximation."""
    u = sum((mine > other) + (mine == other) / 2 for mine in ours for other in theirs)
    pairs = len(ours) * len(theirs)
    deviation = math.sqrt(pairs * (len(ours) + len(theirs) + 1) / 12)
    z = (u - pairs / 2) / deviation
    return math.erfc(abs(z) / math.sqrt(2)), u / pairs


def signed_rank(differences: Sequence[float]) -> float:
    """Return p (two-sided) of Wilcoxon's signed-rank test, by its normal approximation.

    It compares each pair with itself alone, so a machine that gets slower meanwhile hides nothing.
    """
    ordered = sorted((one for one in differences if one), key=abs)
    positive = sum(rank for rank, one in enumerate(ordered, start=1) if one > 0)
    n = len(ordered)
    deviation = math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    return math.erfc(abs(positive - n * (n + 1) / 4) / deviation / math.sqrt(2)) if n else 1.0
