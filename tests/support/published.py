"""Videos in the catalogue's table, put there as ingest would, without any file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from newsreel.catalogue.model import Transcript, Video
from newsreel.catalogue.records import FolderResult, StoredObject, TranscriptRecord, VideoRecord
from newsreel.catalogue.table import CatalogueTable

TABLE = CatalogueTable("catalogue")
_OF_THE_RECORD = ("state", "withdraw_at", "withdrawn_at", "note")


def keep(
    video_id: str,
    published_at: str = "2026-02-14T00:00:00Z",
    transcript: Transcript | None = None,
    **values: Any,
) -> None:
    """Put a video into the catalogue, in place of the one before."""
    record = {name: values.pop(name) for name in _OF_THE_RECORD if name in values}
    title = values.pop("title", video_id)
    if transcript:
        names = ("state", "timed", "version", "note", "corrected_at")
        values["transcript"] = transcript.model_dump(include=set(names))
    video = Video(video_id=video_id, title=title, published_at=published_at, **values)
    stored = StoredObject(f"incoming/{video_id}/a.mp4", "v1", '"e"', published_at)
    save(
        video_id,
        VideoRecord(video, **{"state": "published", **record}, objects={"a-mp4": stored}),
        TranscriptRecord(transcript, tuple(() for _ in transcript.turns)) if transcript else None,
    )


@contextmanager
def without_transactions() -> Iterator[None]:
    """Write item by item: moto copies the whole table for each transaction."""

    def put_each(client: Any, entries: Sequence[Any]) -> None:
        for entry in entries:
            if "Put" in entry:
                client.put_item(TableName=TABLE.name, Item=entry["Put"]["Item"])

    with patch("newsreel.catalogue.table.write_together", new=put_each):
        yield


def hide(video_id: str) -> None:
    """Take a video out of the catalogue, as a draft's folder does."""
    save(video_id, None, None)


def save(video_id: str, video: VideoRecord | None, transcript: TranscriptRecord | None) -> None:
    """Save a folder with this outcome."""
    outcome = FolderResult("{}", "{}", video, transcript)
    TABLE.save_folder(video_id, TABLE.read_folder(video_id), outcome)
