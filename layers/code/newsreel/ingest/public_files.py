"""Decides which of a video's files browsers get, and copies them: posters, preview, captions."""

import hashlib
import secrets

from newsreel.catalogue.findings import Finding
from newsreel.catalogue.model import CaptionTrack, Posters, Rendition
from newsreel.catalogue.transcripts import webvtt
from newsreel.ingest.buckets import MediaBucket, PublicBucket
from newsreel.ingest.folder_state import FolderState, KnownFile, PublicSet
from newsreel.ingest.lease import for_poster
from newsreel.ingest.scan import FolderScan
from newsreel.media import poster_picture as poster
from newsreel.media import worker
from newsreel.media.ranged_file import BUDGET

LARGEST_COPY = 5 * 1024**3
"""The most bytes that one CopyObject can copy."""

_LEAST_POSTER_BUDGET = 4 * 1024 * 1024
_SMALL = 1280


def build_public_set(
    media: MediaBucket,
    public: PublicBucket,
    scan: FolderScan,
    known: FolderState,
    shown: list[tuple[KnownFile, Rendition]],
) -> PublicSet:
    """Copy posters, preview and captions for browsers, unless the same files are public already.

    Changed files get a new random prefix: no cache can show an old file under the new URL, and
    nobody can guess where a video will appear.
    """
    preview = _preview(shown)
    pictured = _pictured(scan, shown)
    captions = scan.reading is not None and scan.reading.timed
    source = "|".join(
        (
            scan.poster_etag or ",".join(sorted(file.etag for file, r in shown if r.video)),
            preview.etag if preview else "",
            scan.transcript.digest if captions and scan.transcript else "",
            *(f"{tag}:{_digest(text)}" for tag, text in sorted(scan.tracks.texts.items())),
        )
    )
    if known.public is not None and known.public.source == source:
        return known.public
    prefix = f"media/{secrets.token_urlsafe(16)}/"
    posters = _posters(media, scan, pictured)
    for width, data in (posters or {}).items():
        public.put(f"{prefix}poster-{width}.jpg", data, "image/jpeg")
    if preview is not None:
        public.copy(f"{prefix}preview.mp4", preview.key, preview.version_id, "video/mp4")
    texts = {f"captions-{tag}": text for tag, text in scan.tracks.texts.items()}
    if captions and scan.reading is not None:
        texts["captions"] = webvtt.write(scan.reading)
    for name, text in texts.items():
        public.put(f"{prefix}{name}.vtt", text.encode(), "text/vtt; charset=utf-8")
    return PublicSet(
        prefix=prefix,
        source=source,
        posters=posters is not None,
        preview=preview is not None,
        captions=captions,
        tracks=tuple(sorted(scan.tracks.texts)),
    )


def poster_urls(public: PublicSet | None) -> Posters | None:
    """Return the addresses of the posters, if there are any."""
    if public is None or not public.posters:
        return None
    small, medium, large = (f"/{public.prefix}poster-{width}.jpg" for width in poster.WIDTHS)
    return Posters(small=small, medium=medium, large=large)


def caption_tracks(public: PublicSet | None) -> list[CaptionTrack]:
    """Return the captions in further languages."""
    if public is None:
        return []
    return [
        CaptionTrack(language=tag, url=f"/{public.prefix}captions-{tag}.vtt")
        for tag in public.tracks
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _preview(shown: list[tuple[KnownFile, Rendition]]) -> KnownFile | None:
    fitting = [
        (rendition.video.height, -file.size, file)
        for file, rendition in shown
        if rendition.kind == "preview" and rendition.video and file.size <= LARGEST_COPY
    ]
    return max(fitting, key=lambda entry: entry[:2])[2] if fitting else None


def _posters(
    media: MediaBucket, scan: FolderScan, pictured: list[KnownFile]
) -> poster.Posters | None:
    if scan.posters is not None:
        return scan.posters
    for file in pictured:
        budget = max(_LEAST_POSTER_BUDGET, BUDGET - file.bytes_read)
        # Open by version: if a broken file replaced a sound one, the sound version is used.
        opened = media.open(file.key, file.version_id, file.etag, file.size, budget)
        scan.looks.begin(for_poster(file.key), file.etag)
        if (made := worker.poster_from_video(opened)) is not None:
            return made
    return None


def _pictured(scan: FolderScan, shown: list[tuple[KnownFile, Rendition]]) -> list[KnownFile]:
    """Return the files to make a poster from, the best first, and note those not tried again.

    They are told in every receipt, also where a poster is public already and none is made.
    """
    if scan.posters is not None:
        return []
    # Order: wide enough, then progressive, then cheapest to read.
    pictures = sorted(
        ((file, r.video) for file, r in shown if r.video),
        key=lambda e: (e[1].width < _SMALL, e[1].scan != "progressive", e[1].bit_rate or 0),
    )
    pictured: list[KnownFile] = []
    for file, _video in pictures[:2]:
        if scan.looks.gave_up(for_poster(file.key), file.etag):
            scan.note(file.name, Finding("poster_gave_up"))
        else:
            pictured.append(file)
    return pictured
