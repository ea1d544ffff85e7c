"""Decides what a valid ``metadata.json`` is, field by field.

Names are those of the IPTC Video Metadata Hub (https://iptc.org/standards/video-metadata-hub/)
where it has one for the same thing (title, description, speakers as persons shown, location,
credit line, usage terms), written in ``snake_case``. Only the title is required. Values are never
coerced: ``"title": 5`` is refused, not turned into ``"5"``.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import from_json

from newsreel.catalogue.facets import MOST_SPEAKERS, MOST_TOPICS
from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.model import Kind, Shot, Speaker, TranscriptState

LARGEST = 128 * 1024
"""Bytes; a larger metadata.json is refused unread. It is kept twice, in items of at most 400 KB."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?")
_FEWEST, _MOST = 1900, 2200
_LONGEST_PATH = 100

_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "string_too_short": "field_empty",
    "string_too_long": "field_too_long",
    "too_long": "field_too_long",
    "literal_error": "field_choice",
    "string_pattern_mismatch": "field_time_code",
    "list_type": "field_list",
    "dict_type": "field_object",
    "model_type": "field_object",
    "timezone_aware": "field_zone",
}
"""From pydantic's error types to what the receipt says; everything else is no text."""


def _read_time(value: object) -> object:
    # pydantic would also take numbers of seconds and dates alone: neither says what was meant.
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError("field_time")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("field_time") from None  # the 31st of February


def _within_reason(value: datetime) -> datetime:
    # As written, which bounds the arithmetic, and in UTC: what is stored is read by this again.
    if not _FEWEST <= value.year <= _MOST:
        raise ValueError("field_time")
    moment = value.astimezone(UTC)
    if not _FEWEST <= moment.year <= _MOST:
        raise ValueError("field_time")
    return moment


def _language_tag(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError("field_language")
    return value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
Time = Annotated[AwareDatetime, BeforeValidator(_read_time), AfterValidator(_within_reason)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", validate_by_name=True)


class SpeakerEntry(_Strict):
    """Who speaks: a name and, if known, an office."""

    name: Line
    role: Line | None = None


class ShotEntry(_Strict):
    """One line of the shotlist; time codes such as ``10:00:04:12`` or ``00:12``."""

    starts: Annotated[str, StringConstraints(pattern=r"^[0-9:;.]{1,16}$")] = Field(alias="in")
    ends: Annotated[str, StringConstraints(pattern=r"^[0-9:;.]{1,16}$")] = Field(alias="out")
    text: Prose


class FileEntry(_Strict):
    """What the press office says of one file, where the rules would decide otherwise."""

    kind: Kind


class TranscriptEntry(_Strict):
    """What the press office says of the transcript; ``note`` explains a correction."""

    state: TranscriptState = "draft"
    note: Line | None = None


class Metadata(_Strict):
    """What the press office says of a video. Times need a zone."""

    title: Line
    description: Prose | None = None
    recorded_at: Time | None = None
    location: Line | None = None
    speakers: list[SpeakerEntry] = Field(default=[], max_length=50)
    topics: list[Line] = Field(default=[], max_length=50)
    language: Annotated[str, AfterValidator(_language_tag)] | None = None
    credit: Line | None = None
    usage_terms: Prose | None = None
    restrictions: Prose | None = None
    shotlist: list[ShotEntry] = Field(default=[], max_length=500)
    publish_at: Time | None = None
    withdraw_at: Time | None = None
    status: Literal["draft", "published", "withdrawn"] = "published"
    withdrawal_note: Line | None = None
    transcript: TranscriptEntry = TranscriptEntry()
    files: dict[str, FileEntry] = Field(default={}, max_length=200)

    def speaker_list(self) -> list[Speaker]:
        """Return the speakers as the catalogue answers them."""
        return [Speaker(name=entry.name, role=entry.role) for entry in self.speakers]

    def shots(self) -> list[Shot]:
        """Return the shotlist as the catalogue answers it."""
        return [Shot(starts=e.starts, ends=e.ends, text=e.text) for e in self.shotlist]


class MetadataRejectedError(Exception):
    """The file does not count; ``findings`` name each field that was refused."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("metadata.json")
        self.findings = findings


def read(data: bytes) -> Metadata:
    """Read a metadata.json in UTF-8 (a byte order mark is forgiven).

    Raises:
        RejectedError: ``not_json``, ``too_large`` or ``empty``.
        MetadataRejectedError: fields were refused.
    """
    if not data.strip():
        raise RejectedError("empty")
    if len(data) > LARGEST:
        raise RejectedError("too_large", limit=f"{LARGEST // 1024} KiB")
    try:
        # Not Python's own parser: it takes NaN and halves of letters, which nothing can store.
        values = from_json(data.decode("utf-8-sig"), allow_inf_nan=False)
    except ValueError:
        raise RejectedError("not_json") from None
    try:
        metadata = Metadata.model_validate(values)
    except ValidationError as error:
        raise MetadataRejectedError([*_findings(error)]) from None
    if too_many := _too_many(metadata):
        raise MetadataRejectedError(too_many)
    return metadata


def _too_many(metadata: Metadata) -> list[Finding]:
    # Not a rule of the model: what was stored before there were limits must be read again.
    counted = (
        ("topics", len(metadata.topics), MOST_TOPICS),
        ("speakers", len(metadata.speakers), MOST_SPEAKERS),
    )
    return [
        Finding("field_too_many", {"field": name, "count": count, "limit": limit})
        for name, count, limit in counted
        if count > limit
    ]


def _findings(error: ValidationError) -> list[Finding]:
    findings = []
    for detail in error.errors(include_url=False, include_context=True):
        field = ".".join(str(part) for part in detail["loc"])[:_LONGEST_PATH] or "metadata.json"
        values: dict[str, str | int] = {"field": field}
        code = _CODES.get(detail["type"], "field_text")
        if detail["type"] == "value_error":
            code = detail["msg"].removeprefix("Value error, ")
        if code == "field_choice":
            values["choices"] = str(detail["ctx"]["expected"])
        if code == "field_too_long":
            values["limit"] = int(detail["ctx"]["max_length"])
        findings.append(Finding(code, values))
    return findings
