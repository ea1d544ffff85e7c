"""The short form of ``make test-timing``: answers cost the same work for every kind of address.

Functions that are called are counted, which no busy machine changes; times are measured of few
pairs, with much planted.
"""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from newsreel.accounts.table import decoy

from benchmarks.timing_kinds import CASES, LOG_IN, NOTHING, STARTS, Case, without_hash
from benchmarks.timing_pairs import Pairs

pytestmark = pytest.mark.thorough

SHORT = tuple(case for case in CASES if case.route in STARTS and "spent" not in case.kind)
PAIRS, PLANTED = 40, 1000.0
SHARE = 0.015
"""Of an answer's calls. 100 µs of a log-in, as reading an account takes, are an eighth of them."""


@pytest.fixture(scope="module")
def pairs() -> Iterator[Pairs]:
    with without_hash() as fake_clock:
        yield Pairs(fake_clock, (*SHORT, NOTHING))


def excess(pairs: Pairs, case: Case) -> float:
    first, second = pairs.work(case)
    return abs(first - second) / second


@pytest.mark.parametrize("case", SHORT, ids=lambda case: f"{case.route} {case.kind}")
def test_every_kind_of_address_causes_the_same_work(pairs: Pairs, case: Case) -> None:
    assert excess(pairs, case) < SHARE


def test_work_that_only_a_known_address_causes_is_found(pairs: Pairs) -> None:
    with patch.object(decoy, "read_nobody", lambda _table: None):
        assert excess(pairs, LOG_IN) > 4 * SHARE


def test_what_is_planted_is_found_in_pairs_and_nothing_is_told_without(pairs: Pairs) -> None:
    assert pairs.compare(LOG_IN, PAIRS, planted=PLANTED).is_found
    one, other = (pairs.compare(NOTHING, PAIRS) for _ in range(2))
    assert not one.agrees_with(other)
