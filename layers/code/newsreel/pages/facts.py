"""Decides what is said of a video that nobody has described: no description is ever empty."""

from newsreel.catalogue.model import Video
from newsreel.pages import formatting


def who_and_where(video: Video, language: str) -> str:
    """Return who speaks in a video, where and when; the day is always known."""
    speakers = ", ".join(speaker.name for speaker in video.speakers)
    day = formatting.date(language, video.recorded_at or video.published_at)
    return " \u00b7 ".join(filter(None, (speakers, video.location, day)))
