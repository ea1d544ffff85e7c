"""Holds the values that the examples of several routes share: a flow, an account, a video, a file.

Addresses use the reserved domain ``example.org`` (RFC 2606); ids and hashes are invalid.
"""

from collections.abc import Mapping, Sequence  # noqa: TC003 - used by a type alias
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"

FLOW: dict[str, Json] = {
    "code_format": "digits_6",
    "expires_at": "2026-02-14T09:34:10Z",
    "expires_in": 1800,
    "resend_after": "2026-02-14T09:05:10Z",
    "resend_in": 60,
    "requested_at": "2026-02-14T09:04:10Z",
    "reference": "7R2",
}
STANDING: dict[str, Json] = {
    **FLOW,
    "expires_in": 1712,
    "resend_in": 0,
    "state": "open",
    "attempts_left": 4,
    "delivery": "sent",
}
REGISTRATION: Json = "cTqP0JkXn5yZ2mV8bW3u1A"
RESET: Json = "pN4hX9sLr0aQ7vD2kF6w8g"
ACCOUNT: dict[str, Json] = {
    "account_id": "5f0c8f3b7f5d4c0e9a1b2c3d4e5f6071",
    "email": "desk@example.org",
    "language": "en",
    "newsletter": False,
    "newsletter_since": None,
    "terms_version": "2026-01",
    "created_at": "2026-02-14T09:05:42Z",
}
VIDEO_ID: Json = "2026-02-14-munich-doorstep"
ENTRY: dict[str, Json] = {
    "video_id": VIDEO_ID,
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
SHA256: Json = {
    "algorithm": "SHA256",
    "value": "f453c2d21df0d2899f8212617b8bc5af615372d4c4867c335d381c597d325eec",
    "type": "FULL_OBJECT",
    "encoding": "hex",
}
FILE_NAME: Json = "munich-doorstep-xdcam-hd422-1080i50.mxf"
RENDITION: Json = {
    "rendition_id": "munich-doorstep-xdcam-hd422-1080i50-mxf",
    "kind": "master",
    "label": "XDCAM HD422, 1080i50",
    "file_name": FILE_NAME,
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
    "checksums": [SHA256],
}
LINK: Json = (
    "https://media.example.org/api/downloads/AZr0cXm9-x4Q/munich-doorstep-xdcam-hd422-1080i50.mxf"
)

KEY: dict[str, Json] = {
    "key_id": "9f2b7c41d08ae635",
    "name": "Playout server",
    "scopes": ["catalogue", "download"],
    "created_at": "2026-02-14T09:20:00Z",
    "last_used_at": None,
}
CHANGE: Json = "Qm3yV7tB1nXc9KdL5sHwEg"
