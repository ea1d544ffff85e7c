"""Videos in the catalogue's table, put there as ingest would, without any file."""

from typing import Any

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
    video = Video(video_id=video_id, title=title, published_at=published_at, **values)
    stored = StoredObject(f"incoming/{video_id}/a.mp4", "v1", '"e"', published_at)
    save(
        video_id,
        VideoRecord(video, **{"state": "published", **record}, objects={"a-mp4": stored}),
        TranscriptRecord(transcript, tuple(() for _ in transcript.turns)) if transcript else None,
    )


def hide(video_id: str) -> None:
    """Take a video out of the catalogue, as a draft's folder does."""
    save(video_id, None, None)


def save(video_id: str, video: VideoRecord | None, transcript: TranscriptRecord | None) -> None:
    """Save a folder with this outcome."""
    outcome = FolderResult("{}", "{}", video, transcript)
    TABLE.save_folder(video_id, TABLE.read_folder(video_id), outcome)
