"""Decides what a folder holds: looks at what changed, keeps what is known, notes what is wrong."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from botocore.exceptions import BotoCoreError, ClientError

from newsreel import clock
from newsreel.catalogue import metadata as metadata_rules
from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.metadata import Metadata, MetadataRejectedError
from newsreel.catalogue.model import Checksum, Rendition
from newsreel.catalogue.transcripts.spoken import Reading
from newsreel.ingest import file_hashes, folders, one_file, renames, transcript_file
from newsreel.ingest.buckets import Listed, MediaBucket
from newsreel.ingest.caption_tracks import CaptionTracks
from newsreel.ingest.folder_state import FolderState, KnownFile, KnownTranscript
from newsreel.ingest.lease import Looks
from newsreel.media import format_names, worker
from newsreel.media.poster_picture import Posters
from newsreel.media.probe import MediaFacts
from newsreel.media.ranged_file import ObjectMovedError
from newsreel.policy import POLICY

MOST_MEDIA = 50
"""Video and audio files of one folder; what is known of them is kept in one item."""
_OF_THE_BUCKET = (ObjectMovedError, ClientError, BotoCoreError, OSError)
LARGEST_POSTER = 32 * 1024 * 1024


@dataclass(slots=True)
class FolderScan:
    """What a folder holds; ``findings`` and ``sizes`` (bytes) are by file name."""

    metadata: Metadata | None = None
    files: dict[str, KnownFile] = field(default_factory=dict)
    good: dict[str, KnownFile] = field(default_factory=dict)
    transcript: KnownTranscript | None = None
    reading: Reading | None = None
    tracks: CaptionTracks = field(default_factory=CaptionTracks)
    posters: Posters | None = None
    poster_etag: str | None = None
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    leftovers: int = 0
    looks: Looks = field(default_factory=Looks)

    def begin_look(self, entry: Listed) -> None:
        """Begin a look at a file.

        Raises:
            RejectedError: ``gave_up``: looks at this file have ended their function before.
        """
        self.looks.begin(entry.key, entry.etag)

    def note(self, name: str, *findings: Finding) -> None:
        """Note findings on a file."""
        self.findings.setdefault(name, []).extend(findings)

    def sound(self) -> dict[str, KnownFile]:
        """Return by name the media files that count: a current one, or the last sound one."""
        current = {name: one for name, one in self.files.items() if one.rendition}
        return {**self.good, **current}


def scan_folder(
    bucket: MediaBucket,
    listed: Sequence[Listed],
    known: FolderState,
    looks: Looks | None = None,
) -> FolderScan:
    """Look at a folder.

    Raises:
        ObjectMovedError: something changed while it was looked at: look again.
    """
    found = FolderScan(looks=looks or Looks())
    by_sort: dict[str, list[Listed]] = {}
    for entry in _each_once(listed, found):
        if folders.is_junk(entry.name):
            found.leftovers += 1  # not a line for each: real remarks would drown
            continue
        found.note(entry.name)
        found.sizes[entry.name] = entry.size
        if "/" in entry.name:
            if not entry.name.endswith("/"):
                found.note(entry.name, Finding("subfolder"))
            else:
                del found.findings[entry.name]  # a subfolder's own marker
            continue
        if not folders.is_usable(entry.name):
            found.note(entry.name, Finding("name_unusable"))
            continue
        by_sort.setdefault(folders.sort_of(entry.name), []).append(entry)
    for entry in by_sort.get("unknown", []):
        found.note(entry.name, Finding("unknown_name"))
    _take_metadata(bucket, by_sort.get("metadata", []), known, found)
    for entry in _countable(by_sort.get("media", []), known, found):
        _take_media(bucket, entry, known, found)
    now = clock.rfc3339(clock.epoch())
    before = transcript_file.Before(
        known.transcript,
        was_public=known.published_at is not None and known.published_at <= now,
    )
    transcript_file.take(bucket, by_sort.get("transcript", []), before, found)
    _take_poster(bucket, by_sort.get("poster", []), found)
    return found


def _each_once(listed: Sequence[Listed], found: FolderScan) -> list[Listed]:
    """Return the files under their composed names, of equal ones the newest."""
    newest: dict[str, Listed] = {}
    for entry in sorted(listed, key=lambda entry: (entry.since, entry.key)):
        name = folders.composed(entry.name)
        if name in newest and not folders.is_junk(name):
            row = unicodedata.normalize("NFD", name)  # a row of its own in the receipt
            found.note(row, Finding("name_twice"))
            found.sizes[row] = newest[name].size
        newest[name] = replace(entry, name=name)
    return sorted(newest.values(), key=lambda entry: entry.name)


def _chosen(
    listed: Sequence[Listed], preferred: str, unused: str, found: FolderScan
) -> Listed | None:
    """Return the one of several files that counts: under its exact name, otherwise the first."""
    ranked = sorted(listed, key=lambda entry: (entry.name != preferred, entry.name))
    for entry in ranked[1:]:
        found.note(entry.name, Finding(unused, {"file": ranked[0].name}))
    return ranked[0] if ranked else None


def _take_metadata(
    bucket: MediaBucket, listed: Sequence[Listed], known: FolderState, found: FolderScan
) -> None:
    # Last good state stays: also when the file is gone.
    found.metadata = known.metadata
    entry = _chosen(listed, "metadata.json", "metadata_unused", found)
    if entry is None:
        return
    try:
        found.begin_look(entry)
        data, _version = bucket.read(entry, metadata_rules.LARGEST)
        with one_file.guarded("metadata"):
            found.metadata, notes = metadata_rules.read(data)
        found.note(entry.name, *notes)
    except RejectedError as error:
        found.note(entry.name, error.finding)
    except MetadataRejectedError as error:
        found.note(entry.name, *error.findings)
    else:
        return
    if known.metadata is not None:
        found.note(entry.name, Finding("metadata_kept"))


def _countable(listed: Sequence[Listed], known: FolderState, found: FolderScan) -> list[Listed]:
    """Return the media files that are looked at; no flood of others displaces one that counts."""
    sound = {name for name, one in known.files.items() if one.rendition} | known.good.keys()
    ranked = sorted(listed, key=lambda entry: entry.name not in sound)
    for entry in ranked[MOST_MEDIA:]:
        found.note(entry.name, Finding("too_many_files", {"limit": MOST_MEDIA}))
    return sorted(ranked[:MOST_MEDIA], key=lambda entry: entry.name)


def _take_media(bucket: MediaBucket, entry: Listed, known: FolderState, found: FolderScan) -> None:
    before = known.files.get(entry.name)
    if before is not None and before.is_of(entry):
        one = renames.renamed(before, known, found.sizes)
    else:
        one = _look(bucket, entry, before, known, found)
    one = file_hashes.begin(one, POLICY.hashes)
    found.files[entry.name] = one
    found.note(entry.name, *one.findings)
    if one.rendition:
        return
    last = before if before and before.rendition else known.good.get(entry.name)
    if last is not None and bucket.has_version(last.key, last.version_id):
        found.good[entry.name] = last
        found.note(entry.name, Finding("kept_before"))


def _look(
    bucket: MediaBucket,
    entry: Listed,
    before: KnownFile | None,
    known: FolderState,
    found: FolderScan,
) -> KnownFile:
    seen = KnownFile(
        name=entry.name, key=entry.key, etag=entry.etag, size=entry.size, since=entry.since
    )
    if entry.size == 0:
        return seen.model_copy(update={"findings": (Finding("empty"),)})
    try:
        head = bucket.head(entry)
    except RejectedError as error:
        return seen.model_copy(update={"findings": (error.finding,)})
    seen = seen.model_copy(update={"version_id": head.version_id})
    if before is not None and before.has_bytes_of(entry) and before.hashing != "differs":
        # The same bytes again, as a new version or under a key that is composed otherwise. Bytes
        # that were not read as S3 says are uploaded again for a look at the new ones.
        places = {"key": entry.key, "version_id": head.version_id, "since": entry.since}
        return before.model_copy(update=places)
    file = bucket.open(entry.key, head.version_id, entry.etag, entry.size)
    try:
        found.begin_look(entry)
        with one_file.guarded("media", _OF_THE_BUCKET):
            facts = worker.probe(file)
    except RejectedError as error:
        return seen.model_copy(update={"findings": (error.finding,), "bytes_read": file.counted})
    # A kept version goes on under its id: nobody else may have it.
    others = [*known.files.values(), *known.good.values(), *found.files.values()]
    taken = {
        one.rendition.rendition_id for one in others if one.rendition and one.name != entry.name
    }
    rendition_id = renames.id_of(entry, known, found.sizes, taken)
    rendition = _rendition(entry, facts, list(head.checksums), rendition_id)
    return seen.model_copy(
        update={
            "rendition": rendition,
            "format": format_names.format_of(facts),
            "findings": (*facts.findings, *format_names.remarks_of(facts)),
            "bytes_read": file.counted,
            "hashing": "pending",
        }
    )


def _rendition(
    entry: Listed, facts: MediaFacts, reported: list[Checksum], rendition_id: str
) -> Rendition:
    return Rendition(
        rendition_id=rendition_id,
        kind=format_names.kind_of(facts),
        label=format_names.label_of(facts),
        file_name=entry.name,
        size_bytes=entry.size,
        container=facts.structure.container,
        video=facts.video,
        audio=facts.audio,
        duration=facts.duration,
        start_timecode=facts.start_timecode,
        checksums=reported,
    )


def _take_poster(bucket: MediaBucket, listed: Sequence[Listed], found: FolderScan) -> None:
    entry = _chosen(listed, "poster.jpg", "poster_unused", found)
    if entry is None:
        return
    try:
        found.begin_look(entry)
        data, _version = bucket.read(entry, LARGEST_POSTER)
        one_file.refuse_large(data, LARGEST_POSTER, "32 MiB")
        with one_file.guarded("poster"):
            found.posters = worker.poster_from_jpeg(data)
    except RejectedError as error:
        found.note(entry.name, error.finding)
    else:
        found.poster_etag = entry.etag
