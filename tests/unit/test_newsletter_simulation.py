"""Promises about an edition as a whole, on a fake clock: once to each, and codes come first.

`python -m benchmarks.newsletter_million` runs the same for a million people.
"""

import pytest

from benchmarks.codes_beside_newsletter import beside
from benchmarks.newsletter_million import Outcome, Simulation


@pytest.fixture(scope="module", params=[1, 2, 3])
def rough(request: pytest.FixtureRequest) -> Outcome:
    """An edition to 6,000 people, of whose chunks one in three loses its worker."""
    run = Simulation(6_000, ses_rate=100, workers=4, seed=request.param, kills=0.3)
    return run.run()


@pytest.mark.thorough
def test_nobody_is_mailed_twice_whoever_is_killed(rough: Outcome) -> None:
    assert rough.killed > 10
    assert rough.mailed_twice == 0


def test_everybody_is_accounted_for(rough: Outcome) -> None:
    assert rough.unaccounted == 0
    assert rough.lost_chunks == 0
    assert rough.mails >= rough.recipients - rough.left - rough.in_doubt


def test_in_doubt_are_those_alone_whose_worker_was_killed(rough: Outcome) -> None:
    assert 0 < rough.in_doubt <= rough.killed


def test_ses_never_gets_more_than_its_share(rough: Outcome) -> None:
    # A share of 70 mails a second; each of the workers may begin a second with one more.
    assert rough.fastest_second <= 70 + 4


def test_who_leaves_gets_nothing_after_the_chunk_that_is_being_sent() -> None:
    run = Simulation(6_000, ses_rate=14, workers=2)
    run.leaves = run.people.leaves = dict.fromkeys(range(0, 6000, 3), 120.0)
    told = run.run()
    assert told.left > 1_000
    assert told.mailed_after_leaving == 0


def test_without_faults_every_mail_is_sent() -> None:
    told = Simulation(3_000, ses_rate=100, workers=4, kills=0).run()
    assert (told.mails, told.in_doubt, told.mailed_twice) == (3_000, 0, 0)


@pytest.mark.thorough
def test_a_code_waits_two_seconds_at_most_while_an_edition_is_sent() -> None:
    run = beside(share=True)
    assert len(run.waits) > 1_500
    assert run.mails > 1_000
    assert max(run.waits) <= 2


@pytest.mark.thorough
def test_without_the_share_codes_would_wait_longer() -> None:
    assert max(beside(share=False).waits) > 2
