"""Gives one request and one answer for each route with a body; a test validates them.

Addresses use the reserved domain ``example.org`` (RFC 2606); ids and hashes are invalid.
"""

from collections.abc import Mapping, Sequence  # noqa: TC003 - used by a type alias
from dataclasses import dataclass
from typing import TypeAlias

from newsreel.version import VERSION

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"


@dataclass(frozen=True, slots=True)
class Example:
    """A request body and an answer; None where there is no body."""

    body: Json = None
    answer: Json = None


_FLOW: dict[str, Json] = {
    "code_format": "digits_6",
    "expires_at": "2026-02-14T09:34:10Z",
    "expires_in": 1800,
    "resend_after": "2026-02-14T09:05:10Z",
    "resend_in": 60,
    "requested_at": "2026-02-14T09:04:10Z",
    "reference": "7R2",
}
_STANDING: dict[str, Json] = {
    **_FLOW,
    "expires_in": 1712,
    "resend_in": 0,
    "state": "open",
    "attempts_left": 4,
    "delivery": "sent",
}
_REGISTRATION: Json = "cTqP0JkXn5yZ2mV8bW3u1A"
_RESET: Json = "pN4hX9sLr0aQ7vD2kF6w8g"
_ACCOUNT: dict[str, Json] = {
    "account_id": "5f0c8f3b7f5d4c0e9a1b2c3d4e5f6071",
    "email": "desk@example.org",
    "language": "en",
    "newsletter": False,
    "newsletter_since": None,
    "terms_version": "2026-01",
    "created_at": "2026-02-14T09:05:42Z",
}
_VIDEO_ID: Json = "2026-02-14-munich-doorstep"
_ENTRY: dict[str, Json] = {
    "video_id": _VIDEO_ID,
    "title": "Doorstep statement in Munich",
    "speakers": [{"name": "Mark Rutte", "role": "NATO Secretary General"}],
    "language": "en",
    "topics": ["Defence investment", "Ukraine"],
    "location": "Munich, Germany",
    "recorded_at": "2026-02-14T09:00:00Z",
    "published_at": "2026-02-14T10:00:00Z",
    "duration": 632.4,
    "transcript": {
        "state": "checked",
        "timed": False,
        "language": "en",
        "version": 1,
        "note": None,
        "corrected_at": None,
    },
    "formats": ["XDCAM HD422", "H.264"],
    "posters": {
        "320": "/media/j91swghZvVroEm82SLA-bA/poster-320.jpg",
        "640": "/media/j91swghZvVroEm82SLA-bA/poster-640.jpg",
        "1280": "/media/j91swghZvVroEm82SLA-bA/poster-1280.jpg",
    },
}
_SHA256: Json = {
    "algorithm": "SHA256",
    "value": "f453c2d21df0d2899f8212617b8bc5af615372d4c4867c335d381c597d325eec",
    "type": "FULL_OBJECT",
    "encoding": "hex",
}
_FILE_NAME: Json = "munich-doorstep-xdcam-hd422-1080i50.mxf"
_RENDITION: Json = {
    "rendition_id": "munich-doorstep-xdcam-hd422-1080i50-mxf",
    "kind": "master",
    "label": "XDCAM HD422, 1080i50",
    "file_name": _FILE_NAME,
    "size_bytes": 4104227904,
    "container": "MXF",
    "video": {
        "codec": "MPEG-2",
        "profile": "4:2:2",
        "width": 1920,
        "height": 1080,
        "frame_rate": "25",
        "scan": "interlaced",
        "bit_rate": 50000000,
        "pixel_format": "yuv422p",
        "rotation": 0,
        "pixel_aspect": "1:1",
        "display_aspect": "16:9",
        "transfer": "BT.709",
        "primaries": "BT.709",
    },
    "audio": {
        "codec": "PCM 24-bit",
        "tracks": 4,
        "channels": 4,
        "sample_rate": 48000,
        "bit_rate": 4608000,
    },
    "duration": 632.4,
    "start_timecode": "10:00:00:00",
    "checksums": [_SHA256],
}
_LINK: Json = (
    "https://media.example.org/api/downloads/AZr0cXm9-x4Q/munich-doorstep-xdcam-hd422-1080i50.mxf"
)

_KEY: dict[str, Json] = {
    "key_id": "9f2b7c41d08ae635",
    "name": "Playout server",
    "scopes": ["catalogue", "download"],
    "created_at": "2026-02-14T09:20:00Z",
    "last_used_at": None,
}
_CHANGE: Json = "Qm3yV7tB1nXc9KdL5sHwEg"
EXAMPLES: dict[str, Example] = {
    "POST /account/keys": Example(
        {
            "name": "Playout server",
            "scopes": ["catalogue", "download"],
            "current_password": "Quiet-Otter-42-Maps",
        },
        {**_KEY, "key": "nrk_5f0c8f3b7f5d4c0e9a1b2c3d4e5f6071.example-of-a-key"},
    ),
    "GET /account/keys": Example(answer={"items": [_KEY]}),
    "POST /account/email-changes": Example(
        {"new_email": "video-desk@example.org", "current_password": "Quiet-Otter-42-Maps"},
        {"change_id": _CHANGE, **_FLOW},
    ),
    "GET /account/email-changes/{change_id}": Example(answer={"change_id": _CHANGE, **_STANDING}),
    "POST /account/email-changes/{change_id}/code": Example(answer={"change_id": _CHANGE, **_FLOW}),
    "POST /account/email-changes/{change_id}/confirm": Example(
        {"code": "739206"}, {"account": {**_ACCOUNT, "email": "video-desk@example.org"}}
    ),
    "PUT /account/password": Example(
        {"current_password": "Quiet-Otter-42-Maps", "new_password": "Other-Otter-43-Maps"}
    ),
    "POST /registrations": Example(
        {"email": "desk@example.org", "password": "Quiet-Otter-42-Maps", "language": "en"},
        {"registration_id": _REGISTRATION, **_FLOW},
    ),
    "GET /registrations/{registration_id}": Example(
        answer={"registration_id": _REGISTRATION, **_STANDING}
    ),
    "POST /registrations/{registration_id}/code": Example(
        answer={"registration_id": _REGISTRATION, **_FLOW}
    ),
    "POST /registrations/{registration_id}/confirm": Example(
        {"code": "482917"}, {"account": _ACCOUNT}
    ),
    "POST /password-resets": Example({"email": "desk@example.org"}, {"reset_id": _RESET, **_FLOW}),
    "GET /password-resets/{reset_id}": Example(answer={"reset_id": _RESET, **_STANDING}),
    "POST /password-resets/{reset_id}/code": Example(answer={"reset_id": _RESET, **_FLOW}),
    "POST /password-resets/{reset_id}/verify": Example(
        {"code": "305128"},
        {
            "reset_token": "m1V6Tg0yQx9ZkR4sB7cN2dE5fH8jL3pW6uA1oS4iY7t",
            "expires_at": "2026-02-14T09:16:03Z",
        },
    ),
    "POST /password-resets/{reset_id}/complete": Example(
        {
            "reset_token": "m1V6Tg0yQx9ZkR4sB7cN2dE5fH8jL3pW6uA1oS4iY7t",
            "new_password": "Other-Otter-43-Maps",
        }
    ),
    "POST /sessions": Example(
        {"email": "desk@example.org", "password": "Quiet-Otter-42-Maps", "keep": True},
        {"account": _ACCOUNT},
    ),
    "GET /account": Example(answer=_ACCOUNT),
    "PATCH /account": Example({"language": "fr"}, {**_ACCOUNT, "language": "fr"}),
    "GET /account/sessions": Example(
        answer={
            "items": [
                {
                    "session_id": "9c1f5a0e7d3b6a42",
                    "browser": "Firefox, Linux",
                    "country": "BE",
                    "created_at": "2026-02-14T09:05:42Z",
                    "last_used_at": "2026-02-14T11:00:00Z",
                    "keep": True,
                    "current": True,
                }
            ]
        }
    ),
    "GET /account/downloads": Example(
        answer={
            "items": [
                {
                    "video_id": _VIDEO_ID,
                    "rendition_id": "munich-doorstep-xdcam-hd422-1080i50-mxf",
                    "downloaded_at": "2026-02-14T10:12:31Z",
                }
            ],
            "next_cursor": None,
        }
    ),
    "GET /account/export": Example(
        answer={
            "exported_at": "2026-02-14T11:00:00Z",
            "items": [
                {
                    "kind": "session",
                    "values": {"browser": "Firefox, Linux", "created_at": 1771059942, "keep": True},
                    "left_out": ["session_key"],
                }
            ],
            "next_cursor": "trail0#",
        }
    ),
    "POST /account/deletion": Example({"current_password": "Quiet-Otter-42-Maps"}),
    "GET /account/journal": Example(
        answer={
            "items": [
                {
                    "kind": "logged_in",
                    "at": "2026-02-14T11:00:00Z",
                    "browser": "Firefox, Linux",
                    "actor": "owner",
                }
            ],
            "next_cursor": None,
        }
    ),
    "PUT /account/newsletter": Example({"text_version": "2026-01", "language": "en"}),
    "POST /newsletter/unsubscribe/{token}": Example(
        answer={"message": "You are unsubscribed. No more newsletters go to your address."}
    ),
    "GET /not-me/{token}": Example(answer={"flow": "password_reset", "muted_until": None}),
    "POST /not-me/{token}": Example(
        {"mute": "day"}, {"flow": "password_reset", "muted_until": "2026-02-15T10:12:31Z"}
    ),
    "PUT /account/terms": Example({"version": "2026-01"}),
    "GET /terms": Example(
        answer={
            "current": "2026-01",
            "items": [
                {
                    "version": "2026-01",
                    "effective_at": "2026-01-01T00:00:00Z",
                    "language": "en",
                    "title": "Terms of use for video and audio",
                    "paragraphs": ["The material on this website may be downloaded and used …"],
                }
            ],
        }
    ),
    "GET /videos": Example(
        answer={"items": [_ENTRY], "next_cursor": "MjAyNi0wMi0xNFQxMDowMDowMFojbXVuaWNo"}
    ),
    "GET /videos/changes": Example(
        answer={
            "items": [
                {
                    "video_id": _VIDEO_ID,
                    "state": "updated",
                    "changed_at": "2026-02-15T08:12:40Z",
                    "note": "'Morning' corrected to 'afternoon'.",
                }
            ],
            "next_cursor": "MjAyNi0wMi0xNVQwODoxMjo0MFojMjAyNi0wMi0xNC1tdW5pY2gtZG9vcnN0ZXAjNw",
            "more": False,
        }
    ),
    "GET /videos/{video_id}": Example(
        answer={
            **_ENTRY,
            "description": "Arrival and questions from the press.",
            "credit": "NATO",
            "usage_terms": None,
            "restrictions": None,
            "shotlist": [{"in": "10:00:00:00", "out": "10:00:05:24", "text": "Microphones; snow"}],
            "preview_url": "/media/j91swghZvVroEm82SLA-bA/preview.mp4",
            "captions_url": None,
            "caption_tracks": [
                {"language": "fr", "url": "/media/j91swghZvVroEm82SLA-bA/captions-fr.vtt"}
            ],
            "renditions": [_RENDITION],
        }
    ),
    "GET /videos/{video_id}/transcript": Example(
        answer={
            "video_id": _VIDEO_ID,
            "language": "en",
            "state": "checked",
            "timed": False,
            "version": 1,
            "note": None,
            "corrected_at": None,
            "turns": [
                {
                    "number": 1,
                    "speaker": None,
                    "role": None,
                    "kind": "question",
                    "text": ["The deadline?"],
                    "start": None,
                    "end": None,
                }
            ],
        }
    ),
    "POST /videos/{video_id}/downloads": Example(
        {"rendition": "munich-doorstep-xdcam-hd422-1080i50-mxf", "terms_version": "2026-01"},
        {
            "download_url": _LINK,
            "file_name": _FILE_NAME,
            "size_bytes": 4104227904,
            "checksums": [_SHA256],
            "expires_at": "2026-02-21T10:12:31Z",
        },
    ),
    "GET /downloads/{token}/{file_name}": Example(
        answer={
            "url": "https://newsreel-media.s3.eu-central-1.amazonaws.com/incoming/"
            "2026-02-14-munich-doorstep/munich-doorstep-xdcam-hd422-1080i50.mxf"
            "?versionId=v7Q2&X-Amz-Expires=3600&X-Amz-Signature=4b1c",
            "expires_at": "2026-02-14T11:12:31Z",
            "expires_in": 3600,
            "file_name": _FILE_NAME,
            "size_bytes": 4104227904,
            "checksums": [_SHA256],
        }
    ),
    "GET /health": Example(answer={"status": "ok", "version": VERSION}),
}
