"""Editions, videos and identities as tests of the newsletter need them."""

from typing import Any

from newsreel.mail_table.edition_records import Edition, EditionVideo
from newsreel.newsletter.mails import NewsletterIdentity

IDENTITY = NewsletterIdentity(
    "NATO", "news.mail.example.org", "mail.example.org", "https://media.example.org"
)
NOW = 1771059840  # 2026-02-14T09:04:00Z
ID = "2026-02-14-0904"


def video(number: int = 1, **values: Any) -> EditionVideo:
    """Return a video as an edition keeps it."""
    facts = {
        "video_id": f"video-{number}",
        "title": f"Doorstep statement {number}",
        "published_at": f"2026-02-{number:02d}T09:00:00Z",
        "speakers": "Ann Lee, Jo Roe",
        "summary": "What was said before the meeting, and the questions after it.",
        "language": "en",
        "poster": f"/media/video-{number}/poster-320.jpg",
        "duration": 167,
    }
    return EditionVideo(**{**facts, **values})


def edition(**values: Any) -> Edition:
    """Return an edition that is being sent."""
    facts: dict[str, Any] = {
        "edition_id": ID,
        "state": "sending",
        "state_at": NOW,
        "created_at": NOW,
        "since": NOW - 7 * 86400,
        "until": NOW,
        "videos": (video(2), video(1)),
        "more": 0,
        "rate": 7.0,
        "walking": True,
    }
    return Edition(**{**facts, **values})
