"""Decides how a folder and the catalogue are made equal, after any events in any order.

All triggers take one path: take the folder's lease, list, look at what changed, decide, write under
a condition on the folder's revision, then do the work outside the table. A lease may end before its
holder does; then an invocation that loses the race starts over. So duplicated, late and lost events
do not matter.
"""

import secrets
import time
from dataclasses import dataclass

from newsreel import clock
from newsreel.catalogue.records import FolderRecord, FolderResult
from newsreel.catalogue.table import LostRaceError
from newsreel.ingest import folder_receipt, folders, public_files, publication, receipts
from newsreel.ingest.buckets import Listed, OutOfTimeError
from newsreel.ingest.folder_state import (
    FolderState,
    KnownFile,
    PublicSet,
    fingerprint,
    state_of,
)
from newsreel.ingest.folders import UploadLocation
from newsreel.ingest.lease import HeldFolder, held
from newsreel.ingest.publication import Decision
from newsreel.ingest.scan import FolderScan, Hashes, add_hashes, scan_folder
from newsreel.ingest.stores import Stores
from newsreel.media import checksums
from newsreel.media.ranged_file import ObjectMovedError
from newsreel.refusals import Refusal

_ATTEMPTS = 8
_LONGEST_PAUSE_MS = 200
_SPARE_SECONDS = 30
"""Seconds of an invocation that must be left after hashing a file."""


class StillMovingError(Exception):
    """The folder kept changing; the trigger's retry or the schedule will try again."""


def reconcile(stores: Stores, video_id: str) -> None:
    """Make the catalogue match the folder.

    Raises:
        FolderBusyError: somebody else works on it.
        StillMovingError: other writes or uploads interfered each time.
    """
    hashes: dict[tuple[str, str], str | None] = {}
    attempts = _ATTEMPTS
    with held(stores.leases, video_id, stores.seconds_left()) as folder:
        while attempts:
            try:
                pending = _settle(stores, video_id, hashes, folder)
                if pending is None:
                    return
                folder.is_settled = False  # if the rest fails, the folder stays due
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


def _settle(stores: Stores, video_id: str, hashes: Hashes, folder: HeldFolder) -> KnownFile | None:
    """Do one round; return a file that still needs its hash, if any."""
    record = stores.table.read_folder(video_id)
    known = state_of(record)
    listed = stores.media.list_folder(video_id)
    now = clock.rfc3339(clock.epoch())
    if not listed and record.revision == 0:
        folder.settle(None, is_empty=True)
        return None
    seen = fingerprint(listed, known.phase(now))
    hashed = any((file.name, file.etag) in hashes for file in _pending(known))
    if known.fingerprint == seen and not hashed:
        if record.finished != record.revision:
            _finish(stores, video_id, record.revision, known)
        folder.settle(known.next_change(now))
        return next(iter(_pending(known)), None)
    scan = scan_folder(stores.media, listed, known, hashes, folder.looks)
    add_hashes(stores.media, scan, checksums.AT_ONCE)
    state = _write(stores, _Round(video_id, record, known, tuple(listed), now), scan)
    _finish(stores, video_id, record.revision + 1, state)
    folder.settle(state.next_change(now))
    return next(iter(_pending(state)), None)


@dataclass(frozen=True, slots=True)
class _Round:
    """The state at the beginning of one round, and its time: what is decided holds for that."""

    video_id: str
    record: FolderRecord
    known: FolderState
    listed: tuple[Listed, ...]
    now: str


def _write(stores: Stores, began: _Round, scan: FolderScan) -> FolderState:
    known = began.known
    decision = publication.decide(scan, known, now=began.now)
    shown = publication.renditions(scan, scan.metadata) if scan.metadata else []
    public: PublicSet | None = None
    if decision.state == "published":
        public = public_files.build_public_set(stores.media, stores.public, scan, known, shown)
    state = _state(began, scan, decision, public)
    video = publication.video_record(began.video_id, scan, decision, shown, public)
    transcript = publication.transcript_record(began.video_id, scan) if video else None
    findings = publication.omissions(scan, shown, public)
    receipt = folder_receipt.write(began.video_id, scan, decision, findings)
    remembered = scan.looks.remembered((one.key, one.etag) for one in began.listed)
    outcome = FolderResult(state.model_dump_json(), receipt, video, transcript, remembered)
    try:
        stores.table.save_folder(began.video_id, began.record.revision, outcome)
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
    seen = fingerprint(began.listed, state.phase(began.now))
    return state.model_copy(update={"fingerprint": seen})


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
            state = state_of(record)
        else:
            return
    raise LostRaceError


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
