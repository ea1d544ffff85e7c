"""Decides what a valid ``metadata.json`` is, field by field.

Names are those of the IPTC Video Metadata Hub (https://iptc.org/standards/video-metadata-hub/)
where it has one for the same thing (title, description, speakers as persons shown, location,
credit line, usage terms), written in ``snake_case``. Only the title is required. Values are never
coerced: ``"title": 5`` is refused, not turned into ``"5"``. Texts are kept in NFC, without
characters that nobody sees. What a stored state of earlier rules may hold (times and shots that
cannot be) is refused by ``read`` alone, and never when a state is read again.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
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

from newsreel.catalogue import json_text, moments, shotlists, unseen
from newsreel.catalogue.facets import MOST_SPEAKERS, MOST_TOPICS
from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.model import Kind, Shot, Speaker, TranscriptState

LARGEST = 128 * 1024
"""Bytes; a larger metadata.json is refused unread. It is kept twice, in items of at most 400 KB."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?")
_FEWEST, _MOST = 1900, 2200
_LONGEST_PATH = 100
_LONGEST_SHOWN = 40
_EASTERNMOST, _WESTERNMOST = timedelta(hours=14), timedelta(hours=-12)
_OF_MANY_LINES = frozenset({"description", "usage_terms", "restrictions", "text"})
_DEEPEST = 4

_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "string_too_short": "field_empty",
    "string_too_long": "field_too_long",
    "too_long": "field_too_many",
    "literal_error": "field_choice",
    "string_pattern_mismatch": "field_time_code",
    "list_type": "field_list",
    "dict_type": "field_object",
    "model_type": "field_object",
    "timezone_aware": "field_zone",
}
"""From pydantic's error types to what the receipt says; everything else is no text."""

_OF_TEXTS = frozenset({"field_choice", "field_time", "field_language", "field_time_code"})
"""What is said of a text, with its words; of a number or of nothing, that it is no text."""


def _read_time(value: object) -> object:
    # pydantic would also take numbers of seconds and dates alone: neither says what was meant.
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError("field_time")
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("field_no_such_time") from None  # the 31st of February
    zone = time.utcoffset()
    if zone is not None and not _WESTERNMOST <= zone <= _EASTERNMOST:
        raise ValueError("field_no_such_time")
    return time


def _within_reason(value: datetime) -> datetime:
    # As written, which bounds the arithmetic, and in UTC: what is stored is read by this again.
    if not _FEWEST <= value.year <= _MOST:
        raise ValueError("field_year")
    moment = value.astimezone(UTC)
    if not _FEWEST <= moment.year <= _MOST:
        raise ValueError("field_year")
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


def read(data: bytes) -> tuple[Metadata, list[Finding]]:
    """Read a metadata.json in UTF-8 or UTF-16, and tell what was odd about it.

    Raises:
        RejectedError: ``empty``, ``too_large``, ``garbled``, or what ``json_text.read`` raises.
        MetadataRejectedError: fields were refused.
    """
    if len(data) > LARGEST:
        raise RejectedError("too_large", limit=f"{LARGEST // 1024} KiB")
    values, notes = json_text.read(data)
    for note in notes:
        if note.severity == "rejected":
            raise RejectedError(note.code, **note.values)
    cleaned = _cleaned(values, (), notes)
    try:
        metadata = Metadata.model_validate(cleaned)
    except ValidationError as error:
        raise MetadataRejectedError([*_findings(error), *_in_the_rest(cleaned, error)]) from None
    if refused := _impossible(metadata):
        raise MetadataRejectedError(refused)
    return metadata, [*notes, *moments.doubted(metadata)]


def _in_the_rest(values: object, error: ValidationError) -> list[Finding]:
    """Return what cannot be in the fields that are valid: people want to hear all at once."""
    if not isinstance(values, dict):
        return []
    wrong = {"title", *(detail["loc"][0] for detail in error.errors())}
    rest = {name: value for name, value in values.items() if name not in wrong}
    return _impossible(Metadata.model_validate({**rest, "title": "-"}))


def _impossible(metadata: Metadata) -> list[Finding]:
    # No rules of the model: what was stored before they came must be read again.
    return [
        *_too_many(metadata),
        *moments.refused(metadata),
        *shotlists.refused(metadata.shots()),
    ]


def _too_many(metadata: Metadata) -> list[Finding]:
    counted = (
        ("topics", len(metadata.topics), MOST_TOPICS),
        ("speakers", len(metadata.speakers), MOST_SPEAKERS),
    )
    return [
        Finding("field_too_many", {"field": name, "count": count, "limit": limit})
        for name, count, limit in counted
        if count > limit
    ]


def _cleaned(value: object, place: tuple[str | int, ...], notes: list[Finding]) -> object:
    """Return a value without characters that nobody sees; ``notes`` gets what was left out."""
    if isinstance(value, str):
        many = bool(place) and place[-1] in _OF_MANY_LINES
        text, left_out = unseen.many_lines(value) if many else unseen.one_line(value)
        if left_out:
            values = {"field": _field(place), "characters": ", ".join(left_out)}
            notes.append(Finding("characters_left_out", values))
        return text
    if len(place) > _DEEPEST:
        return value  # refused as it is: nothing that we know lies so deep
    if isinstance(value, list):
        return [_cleaned(entry, (*place, n), notes) for n, entry in enumerate(value)]
    if isinstance(value, dict):
        names = {name: unseen.one_line(name)[0] for name in value}
        # A name that would stand twice keeps what nobody sees, and is refused as unknown.
        once = {
            name: new if new == name or new not in value else name for name, new in names.items()
        }
        return {
            once[name]: _cleaned(entry, (*place, once[name]), notes)
            for name, entry in value.items()
        }
    return value


def _field(place: tuple[str | int, ...]) -> str:
    """Return how people find a field: its entries are counted from 1."""
    parts = [f"#{part + 1}" if isinstance(part, int) else part for part in place]
    return unseen.one_line(" ".join(parts))[0][:_LONGEST_PATH] or "metadata.json"


def _findings(error: ValidationError) -> Iterator[Finding]:
    for detail in error.errors(include_url=False, include_context=True):
        values: dict[str, str | int] = {"field": _field(detail["loc"])}
        code = _CODES.get(detail["type"], "field_text")
        if detail["type"] == "value_error":
            code = detail["msg"].removeprefix("Value error, ")
        given = detail["input"]
        if isinstance(given, str | datetime):
            written = given if isinstance(given, str) else given.isoformat()
            values["given"] = written[:_LONGEST_SHOWN]
        elif code in _OF_TEXTS:
            code = "field_text"
        if code == "field_choice":
            values["choices"] = str(detail["ctx"]["expected"])
        if code in {"field_too_long", "field_too_many"}:
            values["limit"] = int(detail["ctx"]["max_length"])
            values["count"] = int(detail["ctx"].get("actual_length") or 0)
        if code == "field_year":
            values |= {"year": str(given)[:4], "first": _FEWEST, "last": _MOST}
        if code == "field_unknown" and (meant := _meant(detail["loc"])):
            code, values["meant"] = "field_misspelt", meant
        yield Finding(code, values)


def _meant(place: tuple[str | int, ...]) -> str | None:
    """Return the name of ours that somebody most likely meant."""
    models: dict[str | int, type[BaseModel]] = {
        "speakers": SpeakerEntry, "shotlist": ShotEntry, "transcript": TranscriptEntry,
        "files": FileEntry,
    }  # fmt: skip
    model = Metadata if len(place) == 1 else models.get(place[0], Metadata)
    names = [field.alias or name for name, field in model.model_fields.items()]
    written = re.sub(r"(?<=[a-z])(?=[A-Z])|[\s.-]+", "_", str(place[-1])).casefold()
    found = get_close_matches(written, names, n=1, cutoff=0.75)
    return found[0] if found else None
