"""The catalogue's records in Python, and how each becomes a DynamoDB item."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, TypeAlias, cast

from newsreel.aws.items import from_item
from newsreel.catalogue.model import Transcript, Video, VideoEntry

SCHEMA = 1
LISTING = "video"

State: TypeAlias = Literal["published", "withdrawn"]


@dataclass(frozen=True, slots=True)
class StoredObject:
    """The S3 object of a rendition; never part of an answer."""

    key: str
    version_id: str
    etag: str
    since: str
    """When this version was uploaded, RFC 3339 in UTC."""


@dataclass(frozen=True, slots=True)
class VideoRecord:
    """A video as it is stored: the public answer, and what only the service needs."""

    video: Video
    state: State
    withdraw_at: str | None = None
    withdrawn_at: str | None = None
    note: str | None = None
    objects: Mapping[str, StoredObject] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TranscriptRecord:
    """A transcript as it is stored: ``cues[n]`` are (start, end, text) of turn n+1, in ms."""

    transcript: Transcript
    cues: tuple[tuple[tuple[int, int, str], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class FolderRecord:
    """Ingest's state of a folder; revision 0 means that nothing was written yet.

    ``due_at`` is when the folder is to be looked at again, in seconds since 1970.
    """

    revision: int = 0
    finished: int = 0
    state: str | None = None
    due_at: int | None = None


@dataclass(frozen=True, slots=True)
class FolderResult:
    """The result of a reconciliation; ``video`` and ``transcript`` are None when there is none.

    ``looks`` names files that are not looked at again (``newsreel.catalogue.folder_leases``).
    """

    state: str
    receipt: str
    video: VideoRecord | None
    transcript: TranscriptRecord | None
    looks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Filters of a list; None means no filter."""

    speaker: str | None = None
    topic: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """Entries of a list, and the key after which the next page starts."""

    entries: tuple[VideoEntry, ...]
    last_key: str | None


def listing_key(published_at: str, video_id: str) -> str:
    """Return the key by which the list is sorted."""
    return f"{published_at}#{video_id}"


def video_item(record: VideoRecord) -> dict[str, object]:
    """Return a video's attributes without its keys; only a published one gets a listing key."""
    video = record.video
    listed = record.state == "published"
    return {
        **video.model_dump(exclude_none=True),
        "listing": LISTING if listed else None,
        "listing_key": listing_key(video.published_at, video.video_id) if listed else None,
        "speaker_names": [speaker.name for speaker in video.speakers],
        "state": record.state,
        "withdraw_at": record.withdraw_at,
        "withdrawn_at": record.withdrawn_at,
        "note": record.note,
        "objects": {
            rendition_id: asdict(stored) for rendition_id, stored in record.objects.items()
        },
    }


def video_record(item: Mapping[str, object]) -> VideoRecord:
    """Return the video of an item."""
    values = from_item(item)
    objects = cast("dict[str, dict[str, str]]", values["objects"])
    return VideoRecord(
        Video.model_validate(values),
        cast("State", values["state"]),
        cast("str | None", values.get("withdraw_at")),
        cast("str | None", values.get("withdrawn_at")),
        cast("str | None", values.get("note")),
        {rendition_id: StoredObject(**stored) for rendition_id, stored in objects.items()},
    )


def transcript_item(record: TranscriptRecord) -> dict[str, object]:
    """Return a transcript's attributes without its keys; ``transcripts.size`` has limited it."""
    transcript = record.transcript
    text = json.dumps({"transcript": transcript.model_dump(), "cues": record.cues})
    return {"body": zlib.compress(text.encode())}


def transcript_record(item: Mapping[str, object]) -> TranscriptRecord:
    """Return the transcript of an item."""
    body = cast("bytes", from_item(item)["body"])
    values = json.loads(zlib.decompress(body))
    cues = tuple(
        tuple((int(start), int(end), str(text)) for start, end, text in turn)
        for turn in values["cues"]
    )
    return TranscriptRecord(Transcript.model_validate(values["transcript"]), cues)
