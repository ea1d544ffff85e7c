"""Decides how a folder and the catalogue are made equal, after any events in any order.

All triggers take one path: list, look at what changed, decide, write under a condition on the
folder's revision, then do the work outside the table. An invocation that loses the race starts
over, so duplicated, late and lost events do not matter; the schedule does the same for every
folder.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from newsreel import clock
from newsreel.catalogue.findings import Finding
from newsreel.catalogue.records import FolderRecord, FolderResult
from newsreel.catalogue.table import CatalogueTable, LostRaceError
from newsreel.ingest import folders, public_files, publication, receipts
from newsreel.ingest.buckets import Listed, MediaBucket, OutOfTimeError, PublicBucket
from newsreel.ingest.decision import Decision, decide
from newsreel.ingest.folder_state import FolderState, KnownFile, PublicSet, fingerprint
from newsreel.ingest.folders import UploadLocation
from newsreel.ingest.receipts import FileNews, Receipt
from newsreel.ingest.scan import FolderScan, add_hashes, scan_folder
from newsreel.media import checksums
from newsreel.media.ranged_file import ObjectMovedError
from newsreel.refusals import Refusal

_ATTEMPTS = 8
_LONGEST_PAUSE_MS = 200
_SPARE_SECONDS = 30
"""Seconds of an invocation that must be left after hashing a file."""


class StillMovingError(Exception):
    """The folder kept changing; the trigger's retry or the schedule will try again."""


class FoldersFailedError(Exception):
    """Some folders failed; ``errors`` holds each one's video id ("" for a stray key) and error."""

    def __init__(self, errors: Sequence[tuple[str, Exception]]) -> None:
        super().__init__("folders failed")
        self.errors = errors


def _forever() -> float:
    return float("inf")


@dataclass(frozen=True, slots=True)
class Stores:
    """The table and buckets; ``seconds_left`` is the remaining time of this invocation."""

    table: CatalogueTable
    media: MediaBucket
    public: PublicBucket
    seconds_left: Callable[[], float] = _forever


def reconcile(stores: Stores, video_id: str) -> None:
    """Make the catalogue match the folder.

    Raises:
        StillMovingError: other writes or uploads interfered each time.
    """
    hashes: dict[tuple[str, str], str | None] = {}
    attempts = _ATTEMPTS
    while attempts:
        try:
            pending = _settle(stores, video_id, hashes)
            if pending is None:
                return
            hashes[pending.name, pending.etag] = _hash_late(stores, pending)
        except (LostRaceError, ObjectMovedError):
            attempts -= 1
            time.sleep(secrets.randbelow(_LONGEST_PAUSE_MS) / 1000)
    raise StillMovingError


def reject(stores: Stores, location: UploadLocation) -> None:
    """Write a receipt, once, for an object that is in no video's folder."""
    stores.media.write_receipt(
        folders.receipt_object_key(location), receipts.rejected_location(location), once=True
    )


def reconcile_keys(stores: Stores, keys: Iterable[str]) -> list[str]:
    """Reconcile the folders of some keys, each once, and return their video ids.

    Raises:
        FoldersFailedError: some failed; all were tried.
    """
    done: list[str] = []
    errors: list[tuple[str, Exception]] = []
    for location in sorted({_folder_of(key) for key in keys}, key=lambda p: (p.folder, p.name)):
        video_id = location.folder if location.is_video else ""
        try:
            if location.is_video:
                reconcile(stores, video_id)
                done.append(video_id)
            else:
                reject(stores, location)
        except Exception as error:  # noqa: BLE001 - raised together below
            errors.append((video_id, error))
    if errors:
        raise FoldersFailedError(errors)
    return done


def reconcile_every_folder(stores: Stores) -> None:
    """Reconcile every folder, in random order.

    If an invocation runs out of time, it is not always the same folder that comes last; a folder
    that fails does not stop the others.

    Raises:
        FoldersFailedError: some failed; all were tried.
    """
    keys = list(stores.media.list_places())
    secrets.SystemRandom().shuffle(keys)
    errors: list[tuple[str, Exception]] = []
    for key in keys:
        if stores.seconds_left() < _SPARE_SECONDS:
            break
        try:
            reconcile_keys(stores, [key])
        except FoldersFailedError as failed:
            errors += failed.errors
    if errors:
        raise FoldersFailedError(errors)


def _folder_of(key: str) -> UploadLocation:
    location = folders.location_of(key)
    return UploadLocation(location.folder, "") if location.folder else location


def _settle(
    stores: Stores, video_id: str, hashes: dict[tuple[str, str], str | None]
) -> KnownFile | None:
    """Do one round; return a file that still needs its hash, if any."""
    record = stores.table.read_folder(video_id)
    known = FolderState.model_validate_json(record.state) if record.state else FolderState()
    listed = stores.media.list_folder(video_id)
    if not listed and record.revision == 0:
        return None
    seen = fingerprint(listed, known.phase(clock.rfc3339(clock.epoch())))
    hashed = any((file.name, file.etag) in hashes for file in _pending(known))
    if known.fingerprint == seen and not hashed:
        if record.finished != record.revision:
            _finish(stores, video_id, record.revision, known)
        return next(iter(_pending(known)), None)
    scan = scan_folder(stores.media, listed, known, hashes)
    add_hashes(stores.media, scan, checksums.AT_ONCE)
    state = _write(stores, _Round(video_id, record, known, tuple(listed)), scan)
    _finish(stores, video_id, record.revision + 1, state)
    return next(iter(_pending(state)), None)


@dataclass(frozen=True, slots=True)
class _Round:
    """The state at the beginning of one round."""

    video_id: str
    record: FolderRecord
    known: FolderState
    listed: tuple[Listed, ...]


def _write(stores: Stores, began: _Round, scan: FolderScan) -> FolderState:
    known = began.known
    decision = decide(scan, known, now=clock.rfc3339(clock.epoch()))
    shown = publication.renditions(scan, scan.metadata) if scan.metadata else []
    public: PublicSet | None = None
    if decision.state == "published":
        public = public_files.build_public_set(stores.media, stores.public, scan, known, shown)
    state = _state(began, scan, decision, public)
    video = publication.video_record(began.video_id, scan, decision, shown, public)
    transcript = publication.transcript_record(began.video_id, scan) if video else None
    findings = publication.omissions(scan, shown, public)
    receipt = _receipt(began.video_id, scan, decision, findings)
    outcome = FolderResult(state.model_dump_json(), receipt, video, transcript)
    try:
        stores.table.save_folder(began.video_id, began.record, outcome)
    except (LostRaceError, Refusal):
        # Nothing was written, or a timeout hides whether it was: then the files may be in use.
        if public is not None and public != known.public:
            stores.public.remove(public.prefix)
        raise
    return state


def _state(
    began: _Round, scan: FolderScan, decision: Decision, public: PublicSet | None
) -> FolderState:
    known, record = began.known, began.record
    # Files that an interrupted round left over are deleted with those of this one.
    stale_prefixes = known.stale_prefixes if record.finished != record.revision else ()
    if known.public is not None and known.public != public:
        stale_prefixes = (*stale_prefixes, known.public.prefix)
    state = FolderState(
        metadata=scan.metadata,
        files=scan.files,
        good=scan.good,
        transcript=scan.transcript,
        published_at=decision.published_at,
        withdrawn_at=decision.withdrawn_at,
        public=public,
        stale_prefixes=stale_prefixes,
    )
    phase = state.phase(clock.rfc3339(clock.epoch()))
    return state.model_copy(update={"fingerprint": fingerprint(began.listed, phase)})


def _finish(stores: Stores, video_id: str, revision: int, state: FolderState) -> None:
    """Do the work outside the table, for the newest revision.

    Two rounds may finish in the wrong order: the one that sees a newer revision repeats its work
    from that state, so the last receipt written is always the newest.

    Raises:
        LostRaceError: there was a newer revision each time.
    """
    for _ in range(_ATTEMPTS):
        receipt = stores.table.read_receipt(video_id)
        if receipt is not None:
            stores.media.write_receipt(
                folders.receipt_object_key(UploadLocation(video_id, "")), receipt
            )
        for prefix in state.stale_prefixes:
            stores.public.remove(prefix)
        try:
            stores.table.finish_folder(video_id, revision)
        except LostRaceError:
            record = stores.table.read_folder(video_id)
            revision = record.revision
            state = FolderState.model_validate_json(record.state or "{}")
        else:
            return
    raise LostRaceError


def _receipt(
    video_id: str, scan: FolderScan, decision: Decision, omissions: Iterable[Finding]
) -> str:
    findings = [*decision.findings, *(omissions if scan.metadata else ())]
    if scan.leftovers:
        findings.append(Finding("leftovers", {"count": scan.leftovers}))
    receipt = Receipt(
        video_id=video_id,
        state=decision.state,
        made_at=clock.rfc3339(clock.epoch()),
        published_at=decision.published_at,
        state_until=decision.until,
        findings=receipts.say(findings),
        files=receipts.file_receipts(_news(scan)),
    )
    return receipts.fitted(receipt)


def _news(scan: FolderScan) -> list[FileNews]:
    first_with: dict[str, str] = {}
    news: list[FileNews] = []
    for name, findings in sorted(scan.findings.items()):
        file = scan.files.get(name)
        size = scan.sizes[name]
        reported = [*findings]
        if file is not None and file.rendition is not None:
            twin = first_with.setdefault(_content_of(file), name)
            if twin != name:
                reported.append(Finding("same_content", {"file": twin}))
            reported += _hashing_findings(file)
            rendition = file.rendition
            news.append(
                FileNews(
                    name,
                    size,
                    tuple(reported),
                    rendition.rendition_id,
                    rendition.kind,
                    rendition.label,
                )
            )
        else:
            news.append(FileNews(name, size, tuple(reported)))
    return news


def _content_of(file: KnownFile) -> str:
    sums = file.rendition.checksums if file.rendition else []
    whole = [c.value for c in sums if c.algorithm == "SHA256" and c.type == "FULL_OBJECT"]
    return whole[0] if whole else f"{file.etag}/{file.size}"


def _hashing_findings(file: KnownFile) -> list[Finding]:
    if file.hashing == "pending":
        return [Finding("checksum_pending")]
    if file.hashing == "given_up":
        return [Finding("checksum_absent", {"limit": f"{checksums.LARGEST_WHOLE >> 30} GiB"})]
    return []


def _pending(state: FolderState) -> list[KnownFile]:
    return [file for file in state.files.values() if file.rendition and file.hashing == "pending"]


def _hash_late(stores: Stores, file: KnownFile) -> str | None:
    """Return a large file's SHA-256, or None when this invocation can't do it.

    Hashing cannot continue in another invocation: a file that does not fit into one gets no
    SHA-256, and a finding says so.
    """
    expected = file.size / checksums.SLOWEST
    if file.size > checksums.LARGEST_WHOLE or stores.seconds_left() - _SPARE_SECONDS < expected:
        return None
    try:
        return stores.media.hash(
            file.key, file.etag, lambda: stores.seconds_left() > _SPARE_SECONDS
        )
    except OutOfTimeError:
        return None
