"""Decides what the public sees of a folder: nothing yet, a video, or that it was withdrawn."""

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Literal, TypeAlias

from newsreel import clock
from newsreel.catalogue.findings import Finding
from newsreel.catalogue.metadata import Metadata
from newsreel.catalogue.model import (
    Kind,
    Posters,
    Rendition,
    Transcript,
    TranscriptFacts,
    Video,
)
from newsreel.catalogue.records import StoredObject, TranscriptRecord, VideoRecord
from newsreel.catalogue.transcripts import webvtt
from newsreel.ingest import folders
from newsreel.ingest.buckets import MediaBucket, PublicBucket
from newsreel.ingest.folder_state import FolderState, KnownFile, PublicSet
from newsreel.ingest.scan import FolderScan
from newsreel.media import poster
from newsreel.media.ranged_file import BUDGET

PublicationState: TypeAlias = Literal["waiting", "draft", "embargo", "published", "withdrawn"]

LARGEST_COPY = 5 * 1024**3
"""Bytes that one CopyObject moves at most."""

_LEAST_POSTER_BUDGET = 4 * 1024 * 1024
_SMALL = 1280


@dataclass(frozen=True, slots=True)
class Decision:
    """What the public sees from now on, and why not more."""

    standing: PublicationState
    published_at: str | None
    withdrawn_at: str | None
    findings: tuple[Finding, ...]


def decide(found: FolderScan, known: FolderState, *, now: str) -> Decision:
    """Return what the public may see of a folder; ``now`` is in RFC 3339, UTC."""
    metadata = found.metadata
    if metadata is None:
        is_there = any(folders.sort_of(name) == "metadata" for name in found.findings)
        finding = Finding("metadata_refused" if is_there else "metadata_missing")
        return Decision("waiting", None, None, (finding,))
    if metadata.status == "draft":
        return Decision("draft", None, None, (Finding("draft"),))
    was_public = known.published_at is not None and known.published_at <= now
    withdrawn_at = _withdrawal(metadata, known, now, gone=was_public and not found.sound())
    if withdrawn_at is not None:
        # What was never out leaves no trace: 410 would tell of it.
        published_at = known.published_at if was_public else None
        standing: PublicationState = "withdrawn" if was_public else "draft"
        findings = (Finding("withdrawn", {"time": withdrawn_at}),)
        return Decision(standing, published_at, withdrawn_at if was_public else None, findings)
    if not found.sound():
        return Decision("waiting", None, None, (Finding("no_rendition"),))
    published_at = _publication(metadata, known, now)
    if published_at > now:
        return Decision(
            "embargo", published_at, None, (Finding("embargo", {"time": published_at}),)
        )
    return Decision("published", published_at, None, ())


def renditions(found: FolderScan, metadata: Metadata) -> list[tuple[KnownFile, Rendition]]:
    """Return the sound files, each as the catalogue shows it, in the order of their names."""
    shown = []
    for name, one in sorted(found.sound().items()):
        if one.rendition is None:
            continue
        said = metadata.files.get(name)
        kind: Kind = said.kind if said else one.rendition.kind
        shown.append((one, one.rendition.model_copy(update={"kind": kind})))
    return shown


def build_public_set(
    media: MediaBucket,
    public: PublicBucket,
    found: FolderScan,
    known: FolderState,
    shown: list[tuple[KnownFile, Rendition]],
) -> PublicSet:
    """Copy posters, preview and captions for browsers, unless the same are there already.

    A new random prefix for anything new: no cache can show an old file under its URL, and nobody
    can guess where a video will appear.
    """
    preview = _preview(shown)
    captions = found.reading is not None and found.reading.timed
    source = "|".join(
        (
            found.poster_etag or ",".join(sorted(one.etag for one, r in shown if r.video)),
            preview.etag if preview else "",
            found.transcript.digest if captions and found.transcript else "",
        )
    )
    if known.public is not None and known.public.source == source:
        return known.public
    prefix = f"media/{secrets.token_urlsafe(16)}/"
    posters = _posters(media, found, shown)
    for width, data in (posters or {}).items():
        public.put(f"{prefix}poster-{width}.jpg", data, "image/jpeg")
    if preview is not None:
        public.copy(f"{prefix}preview.mp4", preview.key, preview.version_id, "video/mp4")
    if captions and found.reading is not None:
        text = webvtt.write(found.reading)
        public.put(f"{prefix}captions.vtt", text.encode(), "text/vtt; charset=utf-8")
    return PublicSet(
        prefix=prefix,
        source=source,
        posters=posters is not None,
        preview=preview is not None,
        captions=captions,
    )


def video_record(
    video_id: str,
    found: FolderScan,
    decision: Decision,
    shown: list[tuple[KnownFile, Rendition]],
    public: PublicSet | None,
) -> VideoRecord | None:
    """Return the catalogue's entry, or None when the public never sees any."""
    metadata = found.metadata
    if metadata is None or decision.published_at is None:
        return None
    if decision.standing not in {"published", "embargo", "withdrawn"}:
        return None
    files = [rendition for _one, rendition in shown]
    video = Video(
        video_id=video_id,
        title=metadata.title,
        speakers=metadata.speaker_list(),
        language=metadata.language,
        topics=list(metadata.topics),
        location=metadata.location,
        recorded_at=_rfc3339(metadata.recorded_at.timestamp()) if metadata.recorded_at else None,
        published_at=decision.published_at,
        duration=_duration(files),
        transcript=_transcript_facts(found, metadata),
        formats=_formats(shown),
        posters=_poster_urls(public),
        description=metadata.description,
        credit=metadata.credit,
        usage_terms=metadata.usage_terms,
        restrictions=metadata.restrictions,
        shotlist=metadata.shots(),
        preview_url=f"/{public.prefix}preview.mp4" if public and public.preview else None,
        captions_url=f"/{public.prefix}captions.vtt" if public and public.captions else None,
        renditions=files,
    )
    ends = metadata.withdraw_at
    return VideoRecord(
        video=video,
        state="withdrawn" if decision.standing == "withdrawn" else "published",
        withdraw_at=_rfc3339(ends.timestamp()) if ends else None,
        withdrawn_at=decision.withdrawn_at,
        note=metadata.withdrawal_note,
        objects={
            rendition.rendition_id: StoredObject(one.key, one.version_id, one.etag, one.since)
            for one, rendition in shown
        },
    )


def transcript_record(video_id: str, found: FolderScan) -> TranscriptRecord | None:
    """Return the transcript as the catalogue keeps it."""
    if found.reading is None or found.transcript is None or found.metadata is None:
        return None
    said = found.metadata.transcript
    transcript = Transcript(
        video_id=video_id,
        language=found.metadata.language,
        state=said.state,
        timed=found.reading.timed,
        version=found.transcript.version,
        note=said.note,
        turns=list(found.reading.turns),
    )
    cues = tuple(
        tuple((cue.start, cue.end, cue.text) for cue in turn) for turn in found.reading.cues
    )
    return TranscriptRecord(transcript, cues)


def omissions(
    found: FolderScan,
    shown: list[tuple[KnownFile, Rendition]],
    public: PublicSet | None,
) -> list[Finding]:
    """Return what the press office may want to add."""
    kinds = Counter(rendition.kind for _one, rendition in shown)
    findings: list[Finding] = []
    has_picture = any(rendition.video for _one, rendition in shown)
    if has_picture and not kinds["preview"]:
        findings.append(Finding("no_preview"))
    findings += [
        Finding("preview_too_large", {"file": one.name, "limit": f"{LARGEST_COPY >> 30} GiB"})
        for one, rendition in shown
        if rendition.kind == "preview" and one.size > LARGEST_COPY
    ]
    if not kinds["audio"]:
        findings.append(Finding("no_audio_file"))
    if found.reading is None:
        findings.append(Finding("no_transcript"))
    if has_picture and public is not None and not public.posters:
        findings.append(Finding("no_poster"))
    findings += [
        Finding("file_not_there", {"file": name})
        for name in (found.metadata.files if found.metadata else {})
        if name not in found.files
    ]
    return findings


def _withdrawal(metadata: Metadata, known: FolderState, now: str, *, gone: bool) -> str | None:
    """Return since when the video is withdrawn: said so, its time is over, or its files gone."""
    ends = _rfc3339(metadata.withdraw_at.timestamp()) if metadata.withdraw_at else None
    if ends is not None and ends <= now:
        return ends
    if metadata.status == "withdrawn" or gone:
        return known.withdrawn_at or now
    return None


def _publication(metadata: Metadata, known: FolderState, now: str) -> str:
    if metadata.publish_at is not None:
        return _rfc3339(metadata.publish_at.timestamp())
    # An embargo that was lifted by removing it ends now; a video once out keeps its date.
    before = known.published_at
    return before if before is not None and before <= now else now


def _rfc3339(seconds: float) -> str:
    return clock.rfc3339(int(seconds))


def _preview(shown: list[tuple[KnownFile, Rendition]]) -> KnownFile | None:
    fitting = [
        (rendition.video.height, -one.size, one)
        for one, rendition in shown
        if rendition.kind == "preview" and rendition.video and one.size <= LARGEST_COPY
    ]
    return max(fitting, key=lambda entry: entry[:2])[2] if fitting else None


def _posters(
    media: MediaBucket, found: FolderScan, shown: list[tuple[KnownFile, Rendition]]
) -> poster.Posters | None:
    if found.posters is not None:
        return found.posters
    # Wide enough first, then without combs, then what costs least to read.
    pictures = sorted(
        ((one, r.video) for one, r in shown if r.video),
        key=lambda e: (e[1].width < _SMALL, e[1].scan != "progressive", e[1].bit_rate or 0),
    )
    for one, _video in pictures[:2]:
        budget = max(_LEAST_POSTER_BUDGET, BUDGET - one.bytes_read)
        # By its version: of a file that is replaced by a broken one, the one before it counts.
        made = poster.from_video(media.open(one.key, one.version_id, one.etag, one.size, budget))
        if made is not None:
            return made
    return None


def _poster_urls(public: PublicSet | None) -> Posters | None:
    if public is None or not public.posters:
        return None
    small, medium, large = (f"/{public.prefix}poster-{width}.jpg" for width in poster.WIDTHS)
    return Posters(small=small, medium=medium, large=large)


def _duration(files: list[Rendition]) -> float | None:
    return max((file.duration for file in files if file.duration), default=None)


def _transcript_facts(found: FolderScan, metadata: Metadata) -> TranscriptFacts | None:
    if found.reading is None:
        return None
    return TranscriptFacts(
        state=metadata.transcript.state, timed=found.reading.timed, language=metadata.language
    )


def _formats(shown: list[tuple[KnownFile, Rendition]]) -> list[str]:
    order: list[Kind] = ["master", "web", "audio", "preview"]
    ranked = sorted(shown, key=lambda entry: order.index(entry[1].kind))
    names = [one.format for one, rendition in ranked if rendition.kind != "preview" and one.format]
    return list(dict.fromkeys(names))
