"""Promises about how fast an edition goes out, in what chunks, and when the quota forbids it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from newsreel.newsletter.plan import Quota, chunk_size, pace_of, rate_of, room

FIRST_QUOTA = Quota(per_day=50_000, per_second=14, sent=0)


def test_a_newsletter_never_takes_more_than_its_share_of_the_rate() -> None:
    assert rate_of(7, FIRST_QUOTA) == 7
    assert rate_of(500, FIRST_QUOTA) == pytest.approx(9.8)


@pytest.mark.parametrize(
    ("quota", "left"),
    [
        (FIRST_QUOTA, 40_000),
        (Quota(50_000, 14, 39_000), 1_000),
        (Quota(50_000, 14, 49_999), 0),
        (Quota(200, 1, 0), 160),
        (Quota(-1, 500, 1_000_000), None),
    ],
)
def test_a_fifth_of_the_day_is_kept_for_codes(quota: Quota, left: int | None) -> None:
    assert room(quota) == left


@given(some.floats(min_value=0.1, max_value=5000), some.integers(min_value=2, max_value=1000))
def test_a_chunk_ends_within_a_minute_unless_it_is_a_single_mail(rate: float, workers: int) -> None:
    size = chunk_size(rate, workers)
    assert 1 <= size <= 100
    assert size == 1 or size * pace_of(rate, workers) <= 60


def test_all_workers_together_keep_to_the_rate() -> None:
    assert pace_of(9.8, 2) * 9.8 == pytest.approx(2)
