"""A seeded hundredth of ``make fuzz``: damaged media files are told or refused, in their time."""

import pytest
from newsreel.media import worker

from tests.support import fuzzing_media


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [3080])
def test_what_once_made_the_reader_fail_is_refused(seed: int) -> None:
    try:
        assert fuzzing_media.look(seed) not in fuzzing_media.FAILURES
    finally:
        worker.end_all()


@pytest.mark.thorough
def test_a_damaged_file_is_told_or_refused_and_breaks_nothing() -> None:
    try:
        came = dict(fuzzing_media.looks(0, 200, 2))
    finally:
        worker.end_all()
    assert {seed: result for seed, result in came.items() if result in fuzzing_media.FAILURES} == {}
    # Not all of them refused: some damage leaves a file of use.
    assert {"facts", "facts and posters", "incomplete", "unreadable"} <= {*came.values()}
