"""metadata.json: which values are valid, and the finding for each field that is not."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsreel.catalogue import metadata
from newsreel.catalogue.findings import SEVERITIES, RejectedError
from newsreel.catalogue.metadata import Metadata, MetadataRejectedError
from newsreel.ingest.decision import PublicationState
from newsreel.ingest.receipts import say
from newsreel.texts import messages

from tests.support.template import ROOT

FULL = {
    "title": " Munich doorstep ",
    "description": "Doorstep statement",
    "recorded_at": "2026-02-14T09:30:00+01:00",
    "location": "Munich",
    "speakers": [{"name": "Mark Rutte", "role": "NATO Secretary General"}],
    "topics": ["Ukraine"],
    "language": "en",
    "credit": "NATO",
    "usage_terms": "Free",
    "restrictions": "None",
    "shotlist": [{"in": "10:00:00:00", "out": "10:00:04:12", "text": "Arrival"}],
    "publish_at": "2026-02-14T09:30:00Z",
    "withdraw_at": "2027-02-14T09:30:00Z",
    "status": "published",
    "withdrawal_note": "Rights",
    "transcript": {"state": "checked", "note": "Name corrected"},
    "files": {"a.mxf": {"kind": "master"}},
}


def read(**values: object) -> Metadata:
    return metadata.read(json.dumps(values).encode())[0]


def refused(**values: object) -> list[tuple[str, object]]:
    with pytest.raises(MetadataRejectedError) as error:
        read(**values)
    for finding in error.value.findings:
        # A value that is missing from a sentence would stop the whole folder.
        assert say([finding])[0].message
    return [(finding.code, finding.values["field"]) for finding in error.value.findings]


def test_every_field_is_read() -> None:
    parsed = read(**FULL)
    assert parsed.title == "Munich doorstep"
    assert parsed.recorded_at == datetime(2026, 2, 14, 8, 30, tzinfo=UTC)
    assert parsed.shots()[0].model_dump() == {
        "in": "10:00:00:00",
        "out": "10:00:04:12",
        "text": "Arrival",
    }
    assert parsed.files["a.mxf"].kind == "master"


def test_only_the_title_is_needed() -> None:
    assert read(title="x").status == "published"
    assert refused(description="x") == [("field_missing", "title")]


def test_what_was_read_survives_being_kept() -> None:
    parsed = read(**FULL)
    assert Metadata.model_validate_json(parsed.model_dump_json()) == parsed


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "", "field_empty"),
        ("title", "   ", "field_empty"),
        ("title", 5, "field_text"),
        ("title", None, "field_text"),
        ("title", "x" * 201, "field_too_long"),
        ("description", ["x"], "field_text"),
        ("recorded_at", "2026-02-14", "field_time"),
        ("recorded_at", 1771059600, "field_text"),
        ("recorded_at", "2026-02-31T00:00:00Z", "field_no_such_time"),
        ("recorded_at", "2026-02-28T24:10:00Z", "field_no_such_time"),
        ("recorded_at", "2026-02-28T10:00:00+15:00", "field_no_such_time"),
        ("recorded_at", "0206-01-01T00:00:00Z", "field_year"),
        ("recorded_at", "2062-02-14T09:30:00Z", "field_ahead"),
        ("publish_at", "2062-02-14T09:30:00Z", "field_far"),
        ("publish_at", "1926-02-14T09:30:00Z", "field_year"),
        ("publish_at", "2026-02-14T09:30:00", "field_zone"),
        ("withdraw_at", "tomorrow", "field_time"),
        ("language", "English!", "field_language"),
        ("status", "live", "field_choice"),
        ("status", 5, "field_text"),
        ("topics", "Ukraine", "field_list"),
        ("headline", "x", "field_unknown"),
        ("publishAt", "2026-02-14T09:30:00Z", "field_misspelt"),
        ("topics", ["x"] * 51, "field_too_many"),
        ("files", {"a.mxf": {"kind": "proxy"}}, "field_choice"),
        ("speakers", [{"role": "x"}], "field_missing"),
        ("speakers", ["Mark Rutte"], "field_object"),
        ("shotlist", [{"in": "soon", "out": "00:01", "text": "x"}], "field_time_code"),
        (
            "shotlist",
            [{"in": "25:61:00:00", "out": "25:62:00:00", "text": "x"}],
            "field_time_code_range",
        ),
        ("shotlist", [{"in": "10:00:00", "out": "09:00:00:00", "text": "x"}], "shot_backwards"),
    ],
)
def test_a_wrong_field_is_named_with_its_reason(field: str, value: object, code: str) -> None:
    findings = refused(**{"title": "x", field: value})
    assert {entry[0] for entry in findings} == {code}
    assert str(findings[0][1]).startswith(field)


def test_all_wrong_fields_are_reported_at_once() -> None:
    findings = refused(title="", status="x", publish_at="2026-02-14T09:30:00", language="!")
    assert [field for _code, field in findings] == ["title", "language", "publish_at", "status"]


def test_what_cannot_be_is_told_beside_what_is_wrong() -> None:
    shots = [{"in": "00:09", "out": "00:01", "text": "x"}]
    findings = refused(title=5, status="x", shotlist=shots, recorded_at="2062-02-14T09:30:00Z")
    assert [code for code, _field in findings] == [
        *("field_text", "field_choice", "field_ahead", "shot_backwards"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "json_unclosed"),
        (b'{"title": NaN}', "json_no_number"),
        (b'{"title": ' + b"9" * 5000 + b"}", "json_unclear"),
        (b"[" * 100_000, "json_unclear"),
        (b"{\\rtf1\\ansi}", "json_other_form"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not_text"),
        (b'{"title": "' + b"x" * 300_000 + b'"}', "too_large"),
    ],
)
def test_a_file_that_is_not_json_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(RejectedError) as error:
        metadata.read(data)
    assert error.value.finding.code == code


@pytest.mark.parametrize("data", [b"[]", b"5", b"null", b'"title"'])
def test_json_that_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(MetadataRejectedError):
        metadata.read(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@pytest.mark.thorough
@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(list(FULL)), json_values))
def test_no_value_breaks_it(values: dict[str, object]) -> None:
    with suppress(RejectedError, MetadataRejectedError):
        assert read(**values).title


def test_every_finding_has_texts_and_every_text_is_used() -> None:
    texts = messages.catalogue("en", "receipts")
    assert {key.rpartition(".")[0] for key in texts} == set(SEVERITIES)
    assert {f"{code}.{part}" for code in SEVERITIES for part in ("message", "next")} == set(texts)


def test_the_press_offices_page_knows_every_field_and_its_example_is_valid() -> None:
    page = (ROOT / "docs" / "uploads.md").read_text(encoding="utf-8")
    example = page.partition("```json")[2].partition("```")[0]
    metadata.read(example.encode())
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", page, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert documented == set(Metadata.model_fields)
    named = set(re.findall(r"`([a-z_]+)`", page.partition("## What the receipt holds")[2]))
    fields = {"state", "state_until", "remarks", "message", "next", *Metadata.model_fields}
    others = {*get_args(PublicationState), *SEVERITIES.values(), *fields}
    assert named - others <= SEVERITIES.keys()
    assert named & SEVERITIES.keys()


@pytest.mark.parametrize(
    "time", ["1900-01-01T00:00:00+23:59", "2200-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"]
)
def test_a_time_that_leaves_reason_in_utc_is_refused(time: str) -> None:
    """It would be stored, and the stored state not be read again: the folder would be stuck."""
    [(code, field)] = refused(title="x", withdraw_at=time)
    assert (code in {"field_year", "field_no_such_time"}, field) == (True, "withdraw_at")


@given(
    st.sampled_from([1899, 1900, 2026, 2200, 2201]),
    st.sampled_from(["01-01T00:00", "12-31T23:59"]),
    st.integers(-1439, 1439),
)
def test_accepted_metadata_is_accepted_again_in_its_stored_form(
    year: int, day: str, minutes: int
) -> None:
    moment = datetime.fromisoformat(f"{year}-{day}")
    written = moment.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()
    with suppress(MetadataRejectedError):
        parsed = read(title="x", publish_at=written)
        assert Metadata.model_validate_json(parsed.model_dump_json()) == parsed


def test_more_topics_or_speakers_than_a_video_has_are_refused_with_the_limit() -> None:
    topics = [f"topic {number}" for number in range(31)]
    speakers = [{"name": f"speaker {number}"} for number in range(21)]
    allowed = json.dumps({"title": "x", "topics": topics[:30], "speakers": speakers[:20]})
    assert len(metadata.read(allowed.encode())[0].topics) == 30
    with pytest.raises(MetadataRejectedError) as refused:
        metadata.read(json.dumps({"title": "x", "topics": topics, "speakers": speakers}).encode())
    told = [(one.code, one.values) for one in refused.value.findings]
    assert told == [
        ("field_too_many", {"field": "topics", "count": 31, "limit": 30}),
        ("field_too_many", {"field": "speakers", "count": 21, "limit": 20}),
    ]


def test_what_was_stored_before_there_was_a_limit_is_still_read() -> None:
    stored = Metadata(title="x", topics=[f"topic {number}" for number in range(50)])
    assert len(Metadata.model_validate_json(stored.model_dump_json()).topics) == 50
