"""Gives one request and one answer for each route with a body; a test validates them."""

from dataclasses import dataclass

from newsreel.version import VERSION

from tools.api_document.example_values import (
    ACCOUNT,
    CHANGE,
    ENTRY,
    FILE_NAME,
    FLOW,
    KEY,
    LINK,
    REGISTRATION,
    RENDITION,
    RESET,
    SHA256,
    STANDING,
    VIDEO_ID,
    Json,
)


@dataclass(frozen=True, slots=True)
class Example:
    """A request body and an answer; None where there is no body."""

    body: Json = None
    answer: Json = None


EXAMPLES: dict[str, Example] = {
    "POST /account/keys": Example(
        {
            "name": "Playout server",
            "scopes": ["catalogue", "download"],
            "current_password": "Quiet-Otter-42-Maps",
        },
        {**KEY, "key": "nrk_5f0c8f3b7f5d4c0e9a1b2c3d4e5f6071.example-of-a-key"},
    ),
    "GET /account/keys": Example(answer={"items": [KEY]}),
    "POST /account/email-changes": Example(
        {"new_email": "video-desk@example.org", "current_password": "Quiet-Otter-42-Maps"},
        {"change_id": CHANGE, **FLOW},
    ),
    "GET /account/email-changes/{change_id}": Example(answer={"change_id": CHANGE, **STANDING}),
    "POST /account/email-changes/{change_id}/code": Example(answer={"change_id": CHANGE, **FLOW}),
    "POST /account/email-changes/{change_id}/confirm": Example(
        {"code": "739206"}, {"account": {**ACCOUNT, "email": "video-desk@example.org"}}
    ),
    "PUT /account/password": Example(
        {"current_password": "Quiet-Otter-42-Maps", "new_password": "Other-Otter-43-Maps"}
    ),
    "POST /registrations": Example(
        {"email": "desk@example.org", "password": "Quiet-Otter-42-Maps", "language": "en"},
        {"registration_id": REGISTRATION, **FLOW},
    ),
    "GET /registrations/{registration_id}": Example(
        answer={"registration_id": REGISTRATION, **STANDING}
    ),
    "POST /registrations/{registration_id}/code": Example(
        answer={"registration_id": REGISTRATION, **FLOW}
    ),
    "POST /registrations/{registration_id}/confirm": Example(
        {"code": "482917"}, {"account": ACCOUNT}
    ),
    "POST /password-resets": Example({"email": "desk@example.org"}, {"reset_id": RESET, **FLOW}),
    "GET /password-resets/{reset_id}": Example(answer={"reset_id": RESET, **STANDING}),
    "POST /password-resets/{reset_id}/code": Example(answer={"reset_id": RESET, **FLOW}),
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
        {"account": ACCOUNT},
    ),
    "GET /account": Example(answer=ACCOUNT),
    "PATCH /account": Example({"language": "fr"}, {**ACCOUNT, "language": "fr"}),
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
                    "video_id": VIDEO_ID,
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
        answer={"items": [ENTRY], "next_cursor": "MjAyNi0wMi0xNFQxMDowMDowMFojbXVuaWNo"}
    ),
    "GET /videos/changes": Example(
        answer={
            "items": [
                {
                    "video_id": VIDEO_ID,
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
            **ENTRY,
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
            "renditions": [RENDITION],
        }
    ),
    "GET /videos/{video_id}/transcript": Example(
        answer={
            "video_id": VIDEO_ID,
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
            "download_url": LINK,
            "file_name": FILE_NAME,
            "size_bytes": 4104227904,
            "checksums": [SHA256],
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
            "file_name": FILE_NAME,
            "size_bytes": 4104227904,
            "checksums": [SHA256],
        }
    ),
    "GET /health": Example(answer={"status": "ok", "version": VERSION}),
}
