"""The catalogue's records in Python, and how each becomes a DynamoDB item."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias, cast

from newsreel.aws.items import from_item
from newsreel.catalogue.model import Transcript, Video, VideoEntry

SCHEMA = 1
LISTING = "video"

State: TypeAlias = Literal["published", "withdrawn"]


class StoredObject(NamedTuple):
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

    @property
    def standing(self) -> "Standing":
        """Return what decides whether it may be seen."""
        return Standing(
            self.video.published_at, self.state, self.withdraw_at, self.withdrawn_at, self.note
        )


class TranscriptRecord(NamedTuple):
    """A transcript as it is stored: ``cues[n]`` are (start, end, text) of turn n+1, in ms."""

    transcript: Transcript
    cues: tuple[tuple[tuple[int, int, str], ...], ...] = ()


class FolderRecord(NamedTuple):
    """Ingest's state of a folder; revision 0 means that nothing was written yet.

    ``traces`` is what its last save left in the index and the change feed (``catalogue.traces``).
    ``due_at`` is when the folder is to be looked at again, in seconds since 1970.
    """

    revision: int = 0
    finished: int = 0
    state: str | None = None
    traces: Mapping[str, object] | None = None
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


class ListPage(NamedTuple):
    """Entries of a list, and the key that was read last; None at the list's end.

    ``ends`` says when each of them that has a ``withdraw_at`` is withdrawn, by its id.
    """

    entries: tuple[VideoEntry, ...]
    last_key: str | None
    ends: Mapping[str, str]


class Standing(NamedTuple):
    """What decides whether a video may be seen, and the notes that go with it."""

    published_at: str
    state: State
    withdraw_at: str | None = None
    withdrawn_at: str | None = None
    note: str | None = None
    transcript_note: str | None = None

    def withdrawn_since(self, now: str) -> str | None:
        """Return since when it is withdrawn, or None; times are RFC 3339 and sort as text."""
        if self.state == "withdrawn":
            return self.withdrawn_at
        ends = self.withdraw_at
        return ends if ends is not None and ends <= now else None


def packed(state: str) -> bytes:
    """Return a folder's state as its item holds it.

    Deflated, because whatever is written to the item, as its lease is at each look at a file, costs
    by the size of all of it: of a full folder the state is 250 KB, and names alike deflate well.
    """
    return zlib.compress(state.encode())


def unpacked(state: object) -> str:
    """Return a folder's state from its item; items of before hold it as it is."""
    return zlib.decompress(state).decode() if isinstance(state, bytes) else str(state)


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
            rendition_id: stored._asdict() for rendition_id, stored in record.objects.items()
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


def standing(item: Mapping[str, object]) -> Standing:
    """Return the standing of a video's item, which may lack all other attributes."""
    values = from_item(item)
    transcript = cast("dict[str, str]", values.get("transcript") or {})
    return Standing(
        str(values["published_at"]),
        cast("State", values["state"]),
        cast("str | None", values.get("withdraw_at")),
        cast("str | None", values.get("withdrawn_at")),
        cast("str | None", values.get("note")),
        transcript.get("note"),
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
