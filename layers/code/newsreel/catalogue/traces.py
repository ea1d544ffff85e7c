"""Decides what a save leaves in the index and in the change feed, and what it takes back.

A folder's item remembers what its last save left, so that the next one removes in the same
transaction what is no longer true: entries of a topic that was dropped, and the announcement of an
embargo's end or a withdrawal that was moved. What the public has not seen yet leaves nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import cast

from newsreel.catalogue import facets, public_lists, records
from newsreel.catalogue.records import TranscriptRecord, VideoRecord

_FORM = 1
"""Raised when entries change their form: each folder's next save then writes its entries again."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What a save left beside the folder's own items."""

    digest: str = ""
    """Of all that the public gets to see; equal to the next one's: nothing is written."""
    entries: int = 0
    """How many entries the video has in the index, besides the one in the list of all."""
    ahead: tuple[str, ...] = ()
    """Keys in the change feed whose time had not come."""
    public_from: str | None = None
    public_until: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the change feed: that something changed, and never what."""

    at: str
    video_id: str
    revision: int
    opens: bool = False
    """Whether the video can be seen from then on, and could not right before."""

    @property
    def key(self) -> str:
        """Return its place in the feed."""
        return f"{self.at}#{self.video_id}#{self.revision}"


@dataclass(frozen=True, slots=True)
class Step:
    """What one save writes and removes, and what it leaves for the next to know."""

    traces: Traces
    listings: tuple[str, ...] = ()
    dropped_entries: range = range(0)
    changes: tuple[Change, ...] = ()
    dropped_changes: tuple[str, ...] = ()


def step(
    before: Traces,
    video: VideoRecord | None,
    transcript: TranscriptRecord | None,
    *,
    video_id: str,
    revision: int,
    now: str,
) -> Step:
    """Return what follows from a save at ``now`` (RFC 3339, UTC) that makes ``revision``."""
    digest = _digest(video, transcript)
    if digest == before.digest:
        return Step(before)
    listings = facets.listings_of(video.video) if video and video.state == "published" else ()
    changes = _changes(before, video, video_id, revision, now) if video else ()
    traces = Traces(
        digest=digest,
        entries=len(listings),
        ahead=tuple(change.key for change in changes if change.at > now),
        public_from=video.video.published_at if video else None,
        public_until=(video.withdrawn_at or video.withdraw_at) if video else None,
    )
    return Step(
        traces,
        listings,
        range(len(listings), before.entries),
        changes,
        tuple(key for key in before.ahead if key[: len(now)] > now),
    )


def _changes(
    before: Traces, video: VideoRecord, video_id: str, revision: int, now: str
) -> tuple[Change, ...]:
    at = max(now, video.video.published_at)
    opens = video.state == "published" and not _was_public(before, video.video.published_at, now)
    first = Change(at, video_id, revision, opens)
    ends = video.withdraw_at if video.state == "published" else None
    if ends is None or ends <= at:
        return (first,)
    return (first, Change(ends, video_id, revision))


def _was_public(before: Traces, published_at: str, now: str) -> bool:
    if before.public_from != published_at or published_at > now:
        return False
    return before.public_until is None or before.public_until > now


def _digest(video: VideoRecord | None, transcript: TranscriptRecord | None) -> str:
    if video is None:
        return ""
    shown = [_FORM, records.video_item(video), None]
    if transcript is not None:
        shown[2] = [transcript.transcript.model_dump(), transcript.cues]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def change_item(change: Change) -> dict[str, object]:
    """Return an entry's attributes without its keys; the index finds the first of them."""
    return {
        "at": change.at,
        "video_id": change.video_id,
        "revision": change.revision,
        "opens": change.opens,
        "listing": public_lists.CHANGE,
        "listing_key": change.key,
    }


def change_of(item: Mapping[str, object]) -> Change:
    """Return the entry of an item."""
    return Change(
        str(item["at"]),
        str(item["video_id"]),
        cast("int", item["revision"]),
        opens=bool(item["opens"]),
    )


def to_attributes(traces: Traces) -> dict[str, object]:
    """Return traces as an attribute of the folder's item."""
    return asdict(traces)


def from_attributes(values: Mapping[str, object] | None) -> Traces:
    """Return the traces of a folder's item; one saved before there were any has none."""
    if values is None:
        return Traces()
    return Traces(
        digest=str(values["digest"]),
        entries=cast("int", values["entries"]),
        ahead=tuple(cast("list[str]", values["ahead"])),
        public_from=cast("str | None", values.get("public_from")),
        public_until=cast("str | None", values.get("public_until")),
    )
