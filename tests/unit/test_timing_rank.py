"""The statistics of ``make test-timing``: they find 100 µs in 500 pairs, and nothing in noise."""

import random

import pytest

from benchmarks.budgets import LEAST_P
from benchmarks.rank_tests import signed_rank

PAIRS = 500


def pairs(chance: random.Random, planted: float) -> list[float]:
    """Return differences in microseconds, as on a machine that is busy and gets slower."""
    found = []
    for number in range(PAIRS):
        slower = 1 + number / PAIRS
        one, other = (chance.gauss(1_500, 150) * slower for _ in range(2))
        if chance.random() < 0.05:
            one += chance.expovariate(1 / 3_000)
        if chance.random() < 0.05:
            other += chance.expovariate(1 / 3_000)
        found.append(one + planted - other)
    return found


def test_a_planted_100_microseconds_is_found_in_nine_of_ten_runs() -> None:
    chance = random.Random(13)
    assert sum(signed_rank(pairs(chance, 100)) < LEAST_P for _ in range(10)) >= 9
    assert sum(signed_rank(pairs(chance, -100)) < LEAST_P for _ in range(10)) >= 9


@pytest.mark.thorough
def test_noise_tells_nothing_and_is_as_rare_as_p_says() -> None:
    chance = random.Random(13)
    told = [signed_rank(pairs(chance, 0)) for _ in range(200)]
    assert sum(p < LEAST_P for p in told) <= 1
    assert 5 <= sum(p < 0.1 for p in told) <= 40


def test_equal_times_tell_nothing() -> None:
    assert signed_rank([0.0] * PAIRS) == 1.0
