"""Time codes and times that cannot be are refused, and those that people write are not."""

from datetime import UTC, datetime, timedelta

import pytest
from newsreel.catalogue import metadata, shotlists, time_codes
from newsreel.catalogue.model import Rendition, Shot

from tests.support.advice.case import described

TIMES = {
    "recorded_at": "2026-02-14T10:00:00+01:00",
    "publish_at": "2026-02-14T11:00:00+01:00",
    "withdraw_at": "2027-02-14T11:00:00+01:00",
}


def shot(starts: str, ends: str) -> Shot:
    return Shot(starts=starts, ends=ends, text="x")


def refused(**values: object) -> list[tuple[str, object]]:
    try:
        metadata.read(described(**values))
    except metadata.MetadataRejectedError as error:
        return [(finding.code, finding.values["field"]) for finding in error.findings]
    return []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:12", 12),
        ("75:12", 4512),
        ("00:12.5", 12.5),
        ("10:00:04", 36004),
        ("10:00:04:12", 36004),
        ("10:00:04;12", 36004),
        ("10.00.04.12", 36004),
        ("10:00:04.250", 36004.25),
        ("23:59:59:119", 86399),
        *((text, None) for text in ("25:00:00:00", "10:60:00:00", "10:00:60:00", "10:00:00:120")),
        *((text, None) for text in ("00:61", "24:00:00", "12", "1:2:3:4:5", "::", "10::04:12")),
    ],
)
def test_a_time_code_is_a_position_or_cannot_be(text: str, seconds: float | None) -> None:
    assert time_codes.seconds(text) == seconds


@pytest.mark.parametrize(
    ("starts", "ends", "codes"),
    [
        ("10:00:00:00", "10:00:05:00", []),
        ("10:00:00:00", "10:00:00:00", []),
        ("23:59:50:00", "00:00:10:00", []),  # a tape that runs over midnight
        ("10:00:00", "09:00:00:00", ["shot_backwards"]),
        ("00:12", "00:11", ["shot_backwards"]),
        ("25:61:00:00", "10:00:00:61", ["field_time_code_range"]),
        ("25:61:00:00", "10:99:00:00", ["field_time_code_range"] * 2),
    ],
)
def test_a_shot_ends_after_its_start(starts: str, ends: str, codes: list[str]) -> None:
    fine = {"in": "00:01", "out": "00:02", "text": "x"}
    told = refused(shotlist=[fine, {"in": starts, "out": ends, "text": "x"}])
    assert [code for code, _field in told] == codes
    assert {str(field).rpartition(" ")[0] for _code, field in told} <= {"shotlist #2"}


def of_seconds(duration: float | None, begins: str | None = None) -> Rendition:
    return Rendition(
        rendition_id="a", kind="master", label="x", file_name="a.mxf", size_bytes=1,
        container="MXF", duration=duration, start_timecode=begins,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("shots", "files", "beyond"),
    [
        ([("00:00", "02:00")], [of_seconds(120)], []),
        ([("00:00", "02:01"), ("02:01", "02:02")], [of_seconds(120)], [2]),
        ([("10:00:00:00", "10:02:00:00")], [of_seconds(120, "10:00:00:00")], []),
        ([("00:00", "02:00")], [of_seconds(120, "10:00:00:00")], []),
        ([("10:00:00:00", "10:09:00:00")], [of_seconds(120, "10:00:00:00")], [1]),
        ([("09:58:00:00", "09:59:00:00")], [of_seconds(120, "10:00:00:00")], [1]),
        ([("10:00:00:00", "10:09:00:00")], [of_seconds(120)], []),  # a tape's, not known here
        ([("00:00", "09:00")], [of_seconds(120), of_seconds(600)], []),
        ([("00:00", "09:00")], [of_seconds(None)], []),
        ([("00:00", "09:00")], [], []),
    ],
)
def test_a_shot_behind_the_end_of_the_video_is_told_where_the_end_is_known(
    shots: list[tuple[str, str]], files: list[Rendition], beyond: list[int]
) -> None:
    told = shotlists.beyond([shot(*one) for one in shots], files)
    assert [finding.values["field"] for finding in told] == [f"shotlist #{n} out" for n in beyond]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("withdraw_at", "2026-02-14T11:00:00+01:00", [("field_before", "withdraw_at")]),
        ("withdraw_at", "2026-02-14T10:59:59Z", []),
        ("withdraw_at", "2025-02-14T11:00:00Z", [("field_before", "withdraw_at")]),
        ("publish_at", "2025-02-14T11:00:00+01:00", [("field_before", "publish_at")]),
        ("publish_at", "2026-02-13T11:00:00Z", []),  # a day may be a zone
        ("recorded_at", "2126-02-14T10:00:00+01:00", [("field_ahead", "recorded_at")]),
        ("publish_at", "1066-02-14T11:00:00Z", [("field_year", "publish_at")]),
        ("publish_at", "1970-01-01T00:00:00Z", [("field_year", "publish_at")]),
        ("recorded_at", "1949-04-04T15:00:00-05:00", []),
    ],
)  # fmt: skip
def test_times_that_cannot_be_beside_each_other_are_refused(
    field: str, value: str, told: list[tuple[str, str]]
) -> None:
    assert refused(**{**TIMES, field: value}) == told


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (timedelta(days=729), []),
        (timedelta(days=734), ["field_late"]),
        (timedelta(days=3650), ["field_late"]),
        (timedelta(days=3662), ["field_far"]),
    ],
)
def test_an_embargo_of_years_is_asked_about_and_of_more_than_ten_is_refused(
    ahead: timedelta, told: list[str]
) -> None:
    publish_at = (datetime.now(UTC) + ahead).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        _, notes = metadata.read(described(publish_at=publish_at))
    except metadata.MetadataRejectedError as error:
        notes = error.findings
    assert [finding.code for finding in notes] == told


def test_the_state_of_earlier_rules_is_still_read() -> None:
    """What was stored before these rules came must not stop its folder."""
    stored = metadata.Metadata.model_validate_json(
        described(
            title="Door\u202estep",
            publish_at="2026-02-14T10:00:00Z",
            withdraw_at="2025-02-14T10:00:00Z",
            shotlist=[{"in": "25:61:00:00", "out": "00:01", "text": "x"}],
        )
    )
    assert stored.title == "Door\u202estep"
