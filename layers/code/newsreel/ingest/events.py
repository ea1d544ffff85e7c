"""Decides which folders an event is about; nothing else of an event is believed.

What happened, in which order and how often is looked up in the bucket, so a lost, doubled or late
event can't matter.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict, cast
from urllib.parse import unquote_plus

from newsreel.ingest import folders


class UnknownEventError(ValueError):
    """An event of a shape that ingest is not subscribed to."""


class _S3Object(TypedDict):
    key: str


class _S3(TypedDict):
    object: _S3Object


class _Record(TypedDict):
    eventSource: str
    s3: _S3


def object_keys(event: Mapping[str, object]) -> list[str] | None:
    """Return the object keys that an event names, or None when it asks for every folder.

    Keys of S3 notifications arrive form-encoded and are decoded exactly once: ``%252B`` is the key
    ``%2B``. A schedule (EventBridge) names no key.

    Raises:
        UnknownEventError: neither shape.
        OwnOutputError: a key outside ``incoming/``.
    """
    records = event.get("Records")
    if isinstance(records, Sequence):
        keys = [
            unquote_plus(record["s3"]["object"]["key"])
            for record in cast("Sequence[_Record]", records)
            if record.get("eventSource") == "aws:s3"
        ]
        if len(keys) != len(records):
            raise UnknownEventError
        for key in keys:
            folders.assert_incoming(key)
        return keys
    if event.get("Event") == "s3:TestEvent":
        return []  # S3 sends one when notifications are switched on
    if event.get("source") in {"aws.events", "aws.scheduler"}:
        return None
    raise UnknownEventError
