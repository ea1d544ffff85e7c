"""Mutated transcripts end in turns or in a refusal, within the memory that a function has."""

import pytest

from tests.support import fuzzing_transcripts as fuzzing
from tests.unit.test_transcript_corpus import CASES

A_HUNDREDTH = fuzzing.CASES // 100
MEMORY = 64 * 1024 * 1024
"""Bytes that one mutated file of at most 20 kB may hold; ingest has 1,769 MB."""


@pytest.mark.thorough
def test_no_exception_leaves_a_reader_and_what_it_read_reads_back() -> None:
    seeds = [case.data for case in CASES]
    report = fuzzing.run(fuzzing.mutations(seeds, A_HUNDREDTH))
    assert report.faults == []
    # A fuzzer whose files are all refused at once tests nothing.
    assert report.outcomes["read"] > A_HUNDREDTH // 3


@pytest.mark.thorough
def test_a_mutated_transcript_costs_little_memory() -> None:
    seeds = [case.data for case in CASES]
    report = fuzzing.run(fuzzing.mutations(seeds, 60, seed=7), measured=True, round_trip=False)
    assert 0 < report.largest < MEMORY


def test_the_same_seed_gives_the_same_files() -> None:
    seeds = [case.data for case in CASES]
    first, again = (list(fuzzing.mutations(seeds, 50, seed=3)) for _ in range(2))
    assert first == again
