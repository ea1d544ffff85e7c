"""Decides how a folder and the catalogue are made equal, after any events in any order.

All triggers take one path: take the folder's lease, list, look at what changed, decide, write under
a condition on the folder's revision, then do the work outside the table. A lease may end before its
holder does; then an invocation that loses the race starts over. So duplicated, late and lost events
do not matter.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from newsreel import clock
from newsreel.catalogue.records import FolderRecord, FolderResult
from newsreel.catalogue.table import LostRaceError
from newsreel.ingest import (
    file_hashes,
    folder_receipt,
    folders,
    public_files,
    publication,
    receipts,
)
from newsreel.ingest.buckets import Listed
from newsreel.ingest.decision import Decision, decide
from newsreel.ingest.file_hashes import HashResult
from newsreel.ingest.folder_state import (
    FolderState,
    KnownFile,
    PublicSet,
    fingerprint,
    state_of,
)
from newsreel.ingest.folders import UploadLocation
from newsreel.ingest.lease import HeldFolder, held
from newsreel.ingest.scan import FolderScan, scan_folder
from newsreel.ingest.stores import Stores
from newsreel.media.ranged_file import ObjectMovedError
from newsreel.policy import POLICY
from newsreel.refusals import Refusal

_ATTEMPTS = 8
_LONGEST_PAUSE_MS = 200


class StillMovingError(Exception):
    """The folder kept changing; the trigger's retry or the schedule will try again."""


def reconcile(stores: Stores, video_id: str) -> None:
    """Make the catalogue match the folder.

    Raises:
        FolderBusyError: somebody else works on it.
        StillMovingError: other writes or uploads interfered each time.
    """
    hashes: dict[str, HashResult] = {}
    attempts = _ATTEMPTS
    with held(stores.leases, video_id, stores.seconds_left()) as folder:
        while attempts:
            try:
                waiting = _settle(stores, video_id, hashes, folder)
                news = stores.hashes.ask(video_id, waiting)
                if not news:
                    return
                hashes |= news
                folder.is_settled = False  # if the rest fails, the folder stays due
            except (LostRaceError, ObjectMovedError):
                attempts -= 1
                time.sleep(secrets.randbelow(_LONGEST_PAUSE_MS) / 1000)
    raise StillMovingError


def reject(stores: Stores, location: UploadLocation) -> None:
    """Write a receipt, once, for an object that is in no video's folder."""
    stores.media.write_receipt(
        folders.receipt_object_key(location), receipts.rejected_location(location), once=True
    )


def _settle(
    stores: Stores, video_id: str, hashes: Mapping[str, HashResult], folder: HeldFolder
) -> list[KnownFile]:
    """Do one round; return the files that still need their hashes."""
    record = stores.table.read_folder(video_id)
    known = state_of(record)
    listed = stores.media.list_folder(video_id)
    now = clock.rfc3339(clock.epoch())
    if not listed and record.revision == 0:
        folder.settle(None, is_empty=True)
        return []
    seen = fingerprint(listed, known.phase(now))
    adopted = file_hashes.adopt(known, video_id, hashes)
    if known.fingerprint == seen and adopted == known:
        if record.finished != record.revision:
            _finish(stores, video_id, record.revision, known)
        folder.settle(known.next_change(now))
        return known.waiting_for_hashes()
    scan = scan_folder(stores.media, listed, adopted, folder.looks)
    file_hashes.add_small(stores.media, scan.files, POLICY.hashes.at_once)
    state = _write(stores, _Round(video_id, record, known, tuple(listed), now), scan)
    _finish(stores, video_id, record.revision + 1, state)
    folder.settle(state.next_change(now))
    return state.waiting_for_hashes()


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
    decision = decide(scan, known, now=began.now)
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
