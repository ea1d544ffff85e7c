"""Decides what a key in the media bucket is: in whose folder, under which name, of which sort.

The one module that knows how keys look: uploads under ``incoming/<video id>/``, receipts under
``receipts/``, hashes of pieces under ``checksums/``.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import quote

from newsreel.catalogue import unseen
from newsreel.catalogue.queries import VIDEO_ID

Sort: TypeAlias = Literal["metadata", "transcript", "poster", "media", "unknown"]

MEDIA_SUFFIXES = frozenset({"mxf", "mov", "mp4", "m4v", "m4a", "ts", "m2ts", "mts", "wav", "mp3"})
TRANSCRIPT_SUFFIXES = frozenset({"txt", "vtt", "srt"})
INCOMING = "incoming/"
_JUNK = frozenset({"thumbs.db", "desktop.ini", "@eadir", "__macosx", "ehthumbs.db", "icon\r"})
_HALF_FINISHED = (".part", ".filepart", ".crdownload", ".tmp", ".partial", ".download")
_LONGEST_ID = 100
_LONGEST_NAME = 255


class OwnOutputError(ValueError):
    """A key that ingest itself may have written: a loop in the making."""


def assert_incoming(key: str) -> None:
    """Refuse a key that is no upload: the one guard against reading our own output.

    Raises:
        OwnOutputError: the key is not under ``incoming/``.
    """
    if not key.startswith(INCOMING):
        raise OwnOutputError


def assert_not_incoming(key: str) -> None:
    """Refuse to write where uploads are: it would start ingest again.

    Raises:
        OwnOutputError: the key is under ``incoming/``.
    """
    if key.startswith(INCOMING):
        raise OwnOutputError


def composed(name: str) -> str:
    """Return a file's name in NFC: names that look the same are the same.

    Clients on macOS send names decomposed; what people write in ``metadata.json`` is composed.
    """
    return unicodedata.normalize("NFC", name)


def folder_prefix(video_id: str) -> str:
    """Return what the keys of a video's folder begin with."""
    return f"{INCOMING}{video_id}/"


@dataclass(frozen=True, slots=True)
class UploadLocation:
    """Where a key belongs: ``folder`` is empty for an object directly under ``incoming/``."""

    folder: str
    name: str

    @property
    def is_video(self) -> bool:
        """Tell whether the folder's name can be a video's."""
        return VIDEO_ID.fullmatch(self.folder) is not None


def location_of(key: str) -> UploadLocation:
    """Return where a key belongs; the name may be empty (a folder's own marker)."""
    folder, slash, name = key.removeprefix(INCOMING).partition("/")
    return UploadLocation(folder, name) if slash else UploadLocation("", folder)


def sort_of(name: str) -> Sort:
    """Return what a file is for, by its name alone; its content has the last word later."""
    lowered = name.casefold()
    suffix = lowered.rpartition(".")[2] if "." in lowered else ""
    if lowered == "metadata.json":
        return "metadata"
    if lowered in {"poster.jpg", "poster.jpeg"}:
        return "poster"
    if suffix in TRANSCRIPT_SUFFIXES:
        return "transcript"
    return "media" if suffix in MEDIA_SUFFIXES else "unknown"


def is_junk(name: str) -> bool:
    """Tell whether a name is one that systems and clients leave behind, and nobody uploads.

    A dot or ``~$`` before it, a half-finished upload's suffix, or a folder of thumbnails.
    """
    parts = name.casefold().rstrip("/").split("/")
    return any(part.startswith((".", "~$")) or part in _JUNK for part in parts) or parts[
        -1
    ].endswith(_HALF_FINISHED)


def is_usable(name: str) -> bool:
    """Tell whether a file can be saved under its name as it looks: systems take 255 bytes."""
    return not unseen.has_unseen(name) and len(name.encode()) <= _LONGEST_NAME


def slug_of(name: str) -> str:
    """Return a file name in small letters, digits and hyphens; it may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_ID].rstrip("-")


def rendition_id(name: str, taken: Collection[str]) -> str:
    """Return a slug of a file name that is not taken: ``héllo wörld+1.MP4``: ``hello-world-1-mp4``.

    Two names with one slug differ by a few digits of their hash.
    """
    slug = slug_of(name)
    if slug and slug not in taken:
        return slug
    digest = hashlib.sha256(name.encode()).hexdigest()
    # A name may be made to look like another one's slug and digits.
    candidates = (
        f"{slug[: _LONGEST_ID - 1 - length]}-{digest[:length]}".lstrip("-")
        for length in (8, 16, 64)
    )
    return next(candidate for candidate in candidates if candidate not in taken)


def receipt_object_key(place: UploadLocation) -> str:
    """Return where a folder's receipt is written; never under ``incoming/``."""
    if place.is_video:
        return f"receipts/{place.folder}.json"
    # Percent-encoded whole, so that no name ("..", "a/b") is a path where receipts are copied.
    name = quote(place.folder or place.name, safe="").replace(".", "%2E")
    if len(name) > _LONGEST_ID:
        name = f"{name[:60]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return f"receipts/_rejected/{name}.json"


def pieces_object_key(video_id: str, rendition_id: str, hash_id: str) -> str:
    """Return where the SHA-256 of each piece of a version of a file are written, one a line."""
    return f"checksums/{video_id}/{rendition_id}.{hash_id}.txt"
