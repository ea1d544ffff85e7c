"""Decides what of a folder becomes public: records of the catalogue, and files for browsers."""

from collections import Counter

from newsreel import clock
from newsreel.catalogue import shotlists
from newsreel.catalogue.findings import Finding
from newsreel.catalogue.metadata import Metadata
from newsreel.catalogue.model import (
    Kind,
    Rendition,
    Transcript,
    TranscriptFacts,
    Video,
)
from newsreel.catalogue.records import StoredObject, TranscriptRecord, VideoRecord
from newsreel.ingest import public_files
from newsreel.ingest.decision import Decision
from newsreel.ingest.folder_state import KnownFile, PublicSet
from newsreel.ingest.receipts import MOST_FINDINGS
from newsreel.ingest.scan import FolderScan
from newsreel.media import checksums


def renditions(scan: FolderScan, metadata: Metadata) -> list[tuple[KnownFile, Rendition]]:
    """Return the sound files, each as the catalogue shows it, in the order of their names."""
    shown = []
    for name, file in sorted(scan.sound().items()):
        if file.rendition is None:
            continue
        declared = metadata.files.get(name)
        kind: Kind = declared.kind if declared else file.rendition.kind
        sums = checksums.for_people(file.rendition.checksums)
        update = {"kind": kind, "checksums": sums}
        shown.append((file, file.rendition.model_copy(update=update)))
    return shown


def video_record(
    video_id: str,
    scan: FolderScan,
    decision: Decision,
    shown: list[tuple[KnownFile, Rendition]],
    public: PublicSet | None,
) -> VideoRecord | None:
    """Return the catalogue's record, or None when the public sees none."""
    metadata = scan.metadata
    if metadata is None or decision.published_at is None:
        return None
    if decision.state not in {"published", "embargo", "withdrawn"}:
        return None
    files = [rendition for _file, rendition in shown]
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
        transcript=_transcript_facts(scan, metadata),
        formats=_formats(shown),
        posters=public_files.poster_urls(public),
        description=metadata.description,
        credit=metadata.credit,
        usage_terms=metadata.usage_terms,
        restrictions=metadata.restrictions,
        shotlist=metadata.shots(),
        preview_url=f"/{public.prefix}preview.mp4" if public and public.preview else None,
        captions_url=f"/{public.prefix}captions.vtt" if public and public.captions else None,
        caption_tracks=public_files.caption_tracks(public),
        renditions=files,
    )
    ends = metadata.withdraw_at
    return VideoRecord(
        video=video,
        state="withdrawn" if decision.state == "withdrawn" else "published",
        withdraw_at=_rfc3339(ends.timestamp()) if ends else None,
        withdrawn_at=decision.withdrawn_at,
        note=metadata.withdrawal_note,
        objects={
            rendition.rendition_id: StoredObject(file.key, file.version_id, file.etag, file.since)
            for file, rendition in shown
        },
    )


def transcript_record(video_id: str, scan: FolderScan) -> TranscriptRecord | None:
    """Return the catalogue's record of the transcript, or None."""
    if scan.reading is None or scan.transcript is None or scan.metadata is None:
        return None
    declared = scan.metadata.transcript
    transcript = Transcript(
        video_id=video_id,
        language=scan.metadata.language,
        state=declared.state,
        timed=scan.reading.timed,
        version=scan.transcript.version,
        note=declared.note,
        corrected_at=scan.transcript.corrected_at,
        turns=list(scan.reading.turns),
    )
    cues = tuple(
        tuple((cue.start, cue.end, cue.text) for cue in turn) for turn in scan.reading.cues
    )
    return TranscriptRecord(transcript, cues)


def omissions(
    scan: FolderScan,
    shown: list[tuple[KnownFile, Rendition]],
    public: PublicSet | None,
) -> list[Finding]:
    """Return findings about parts that the press office may want to add."""
    kinds = Counter(rendition.kind for _file, rendition in shown)
    findings: list[Finding] = []
    has_picture = any(rendition.video for _file, rendition in shown)
    if has_picture and not kinds["preview"]:
        findings.append(Finding("no_preview"))
    findings += [
        Finding(
            "preview_too_large",
            {"file": file.name, "limit": f"{public_files.LARGEST_COPY >> 30} GiB"},
        )
        for file, rendition in shown
        if rendition.kind == "preview" and file.size > public_files.LARGEST_COPY
    ]
    if not kinds["audio"]:
        findings.append(Finding("no_audio_file"))
    if scan.reading is None:
        findings.append(Finding("no_transcript"))
    if has_picture and public is not None and not public.posters:
        findings.append(Finding("no_poster"))
    if scan.metadata is None:
        return findings
    findings += [
        Finding("file_not_there", {"file": name})
        for name in scan.metadata.files
        if name not in scan.files
    ]
    files = [rendition for _file, rendition in shown]
    findings += [*shotlists.beyond(scan.metadata.shots(), files)][:MOST_FINDINGS]
    return findings


def _rfc3339(seconds: float) -> str:
    return clock.rfc3339(int(seconds))


def _duration(files: list[Rendition]) -> float | None:
    return max((file.duration for file in files if file.duration), default=None)


def _transcript_facts(scan: FolderScan, metadata: Metadata) -> TranscriptFacts | None:
    if scan.reading is None or scan.transcript is None:
        return None
    return TranscriptFacts(
        state=metadata.transcript.state,
        timed=scan.reading.timed,
        language=metadata.language,
        version=scan.transcript.version,
        note=metadata.transcript.note,
        corrected_at=scan.transcript.corrected_at,
    )


def _formats(shown: list[tuple[KnownFile, Rendition]]) -> list[str]:
    order: list[Kind] = ["master", "web", "audio", "preview"]
    ranked = sorted(shown, key=lambda entry: order.index(entry[1].kind))
    names = [
        file.format for file, rendition in ranked if rendition.kind != "preview" and file.format
    ]
    return list(dict.fromkeys(names))
