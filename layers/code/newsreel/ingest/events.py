"""Decides what an event asks for: folders to look at, or a slice of the daily look at all of them.

What happened to which object, in which order and how often is looked up in the bucket, so a lost,
doubled or late event can't matter.
"""

import json
from collections.abc import Mapping
from typing import Literal, TypeAlias, TypedDict
from urllib.parse import unquote_plus

from pydantic import BaseModel, ConfigDict

from newsreel.ingest import folders
from newsreel.ingest.folders import UploadLocation

Task: TypeAlias = Literal["look_at_due", "look_at_everything"]
"""What the schedule asks for, as ``template.yaml`` says it."""


class UnknownEventError(ValueError):
    """An event of a shape that ingest is not subscribed to."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FolderOrder(_Strict):
    """A message of our own: look at this folder."""

    folder: str


class Slice(_Strict):
    """A message of our own: look at the next folders of the daily look.

    ``day`` names the look, ``step`` counts its slices, ``of`` says what is gone through: the
    entries of the bucket, then the videos of the catalogue. ``after`` is where the last one ended.
    """

    day: str
    step: int = 0
    of: Literal["bucket", "videos"] = "bucket"
    after: str | None = None


Order: TypeAlias = "set[UploadLocation] | Slice"


def task_of(event: Mapping[str, object]) -> Task | None:
    """Return what the schedule asks for; None if the event is another one."""
    task = event.get("task")
    return task if task in {"look_at_due", "look_at_everything"} else None


def read(body: str) -> Order:
    """Return what a message of the queue asks for: places to look at, or a slice.

    Raises:
        UnknownEventError: it has none of the shapes.
        OwnOutputError: a key outside ``incoming/``.
    """
    try:
        values = json.loads(body)
        if not isinstance(values, Mapping):
            raise UnknownEventError
        if "Records" in values:
            return {_place_of(record) for record in values["Records"]}
        if values.get("Event") == "s3:TestEvent":
            return set()  # S3 sends one when notifications are switched on
        if "day" in values:
            return Slice.model_validate(values)
        return {UploadLocation(FolderOrder.model_validate(values).folder, "")}
    except folders.OwnOutputError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UnknownEventError from None


class _S3Object(TypedDict):
    key: str


class _S3(TypedDict):
    object: _S3Object


class _Record(TypedDict):
    eventSource: str
    s3: _S3


def _place_of(record: _Record) -> UploadLocation:
    """Return the place that a record of S3 is about: its folder, or a stray object itself.

    Keys arrive form-encoded and are decoded exactly once: ``%252B`` is the key ``%2B``.
    """
    if record["eventSource"] != "aws:s3":
        raise UnknownEventError
    key = unquote_plus(record["s3"]["object"]["key"])
    folders.assert_incoming(key)
    location = folders.location_of(key)
    return UploadLocation(location.folder, "") if location.folder else location
