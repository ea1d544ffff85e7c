"""Decides in which order the files run, and what collections of garbage look at."""

import pytest

from tests.support.garbage import leave_out_what_stays
from tests.support.order import begin_with

_LONGEST = (
    "test_sample_media",
    "test_media_fuzzing",
    "test_long_media",
    "test_media_worker",
    "test_items",
    "test_transcripts",
    "test_transcript_round_trip",
    "test_publish_website",
    "test_timing_work",
    "test_mail_html",
    "test_origin_guard_routing",
    "test_operators_commands",
    "test_recovery_commands",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    begin_with(_LONGEST, items)


def pytest_collection_finish() -> None:
    """Leave what stays to the end out of all collections."""
    leave_out_what_stays()
