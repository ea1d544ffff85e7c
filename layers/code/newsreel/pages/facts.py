"""Decides what feed, sitemap and previews say of a video that its metadata does not say itself."""

from newsreel.catalogue.model import Video, VideoEntry
from newsreel.pages import formatting


def who_and_where(video: Video, language: str) -> str:
    """Return who speaks in a video, where and when, for one that nobody has described.

    It is never empty: the day is always known.
    """
    speakers = ", ".join(speaker.name for speaker in video.speakers)
    day = formatting.date(language, video.recorded_at or video.published_at)
    return " \u00b7 ".join(filter(None, (speakers, video.location, day)))


def updated_at(video: VideoEntry) -> str:
    """Return when a video's page last changed in a way that its readers should know of."""
    corrected = video.transcript.corrected_at if video.transcript else None
    return max(video.published_at, corrected or "")
