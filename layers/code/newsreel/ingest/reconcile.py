"""Decides how a folder and the catalogue are made equal, whatever happened and in which order.

One path for every trigger: list, look at what changed, decide, write under a condition on the
folder's revision, then do what follows outside the table. Whoever loses the race looks again, so
duplicated, late and lost events can't matter; the schedule does the same for every folder.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from newsreel import clock
from newsreel.catalogue.findings import Finding
from newsreel.catalogue.records import FolderRecord, FolderResult
from newsreel.catalogue.table import CatalogueTable, LostRaceError
from newsreel.ingest import folders, publication, receipts
from newsreel.ingest.buckets import Listed, MediaBucket, OutOfTimeError, PublicBucket
from newsreel.ingest.folder_state import FolderState, KnownFile, PublicSet, fingerprint
from newsreel.ingest.folders import UploadLocation
from newsreel.ingest.publication import Decision
from newsreel.ingest.receipts import FileNews, Receipt
from newsreel.ingest.scan import FolderScan, add_hashes, scan_folder
from newsreel.media import checksums
from newsreel.media.ranged_file import ObjectMovedError
from newsreel.refusals import Refusal

_ATTEMPTS = 8
_LONGEST_PAUSE_MS = 200
_SPARE_SECONDS = 30
"""What must be left of an invocation after a file was hashed."""


class StillMovingError(Exception):
    """The folder kept changing; the trigger's retry or the schedule tries again."""


class FoldersFailedError(Exception):
    """Some folders failed; ``errors`` holds each one's video id, or "" for a stray key, and why."""

    def __init__(self, errors: Sequence[tuple[str, Exception]]) -> None:
        super().__init__("folders failed")
        self.errors = errors


def _forever() -> float:
    return float("inf")


@dataclass(frozen=True, slots=True)
class Stores:
    """Where everything is; ``seconds_left`` is what remains of this invocation."""

    table: CatalogueTable
    media: MediaBucket
    public: PublicBucket
    seconds_left: Callable[[], float] = _forever


def reconcile(stores: Stores, video_id: str) -> None:
    """Make the catalogue say what the folder holds.

    Raises:
        StillMovingError: others wrote or uploaded all the time.
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


def reject(stores: Stores, place: UploadLocation) -> None:
    """Tell, once, that something stands in no video's folder."""
    stores.media.write_receipt(
        folders.receipt_object_key(place), receipts.rejected_place(place), once=True
    )


def reconcile_keys(stores: Stores, keys: Iterable[str]) -> list[str]:
    """Reconcile the folders of some keys, each once, and return their video ids.

    Raises:
        FoldersFailedError: some failed, after all were looked at.
    """
    done: list[str] = []
    errors: list[tuple[str, Exception]] = []
    for place in sorted({_folder_of(key) for key in keys}, key=lambda p: (p.folder, p.name)):
        video_id = place.folder if place.is_video else ""
        try:
            if place.is_video:
                reconcile(stores, video_id)
                done.append(video_id)
            else:
                reject(stores, place)
        except Exception as error:  # noqa: BLE001 - raised together below
            errors.append((video_id, error))
    if errors:
        raise FoldersFailedError(errors)
    return done


def reconcile_every_folder(stores: Stores) -> None:
    """Reconcile every folder, in an order of its own each time.

    Should an invocation run out of time, no folder is always the last; one that fails does not
    keep the others waiting.

    Raises:
        FoldersFailedError: some failed, after all were looked at.
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
    place = folders.location_of(key)
    return UploadLocation(place.folder, "") if place.folder else place


def _settle(
    stores: Stores, video_id: str, hashes: dict[tuple[str, str], str | None]
) -> KnownFile | None:
    """Do one round; return a file whose hash is still to be computed, if any."""
    record = stores.table.read_folder(video_id)
    known = FolderState.model_validate_json(record.state) if record.state else FolderState()
    listed = stores.media.list_folder(video_id)
    if not listed and record.revision == 0:
        return None
    seen = fingerprint(listed, known.phase(clock.rfc3339(clock.epoch())))
    hashed = any((one.name, one.etag) in hashes for one in _pending(known))
    if known.fingerprint == seen and not hashed:
        if record.finished != record.revision:
            _finish(stores, video_id, record.revision, known)
        return next(iter(_pending(known)), None)
    found = scan_folder(stores.media, listed, known, hashes)
    add_hashes(stores.media, found, checksums.AT_ONCE)
    state = _write(stores, _Round(video_id, record, known, tuple(listed)), found)
    _finish(stores, video_id, record.revision + 1, state)
    return next(iter(_pending(state)), None)


@dataclass(frozen=True, slots=True)
class _Round:
    """What one round began with."""

    video_id: str
    record: FolderRecord
    known: FolderState
    listed: tuple[Listed, ...]


def _write(stores: Stores, began: _Round, found: FolderScan) -> FolderState:
    known = began.known
    decision = publication.decide(found, known, now=clock.rfc3339(clock.epoch()))
    shown = publication.renditions(found, found.metadata) if found.metadata else []
    public: PublicSet | None = None
    if decision.standing == "published":
        public = publication.build_public_set(stores.media, stores.public, found, known, shown)
    state = _state(began, found, decision, public)
    video = publication.video_record(began.video_id, found, decision, shown, public)
    transcript = publication.transcript_record(began.video_id, found) if video else None
    findings = publication.omissions(found, shown, public)
    receipt = _receipt(began.video_id, found, decision, findings)
    outcome = FolderResult(state.model_dump_json(), receipt, video, transcript)
    try:
        stores.table.save_folder(began.video_id, began.record.revision, outcome)
    except (LostRaceError, Refusal):
        # Nothing was written. After a silence that is not known, and the files may be in use.
        if public is not None and public != known.public:
            stores.public.remove(public.prefix)
        raise
    return state


def _state(
    began: _Round, found: FolderScan, decision: Decision, public: PublicSet | None
) -> FolderState:
    known, record = began.known, began.record
    # What an interrupted round left over goes with this one.
    stale_prefixes = known.stale_prefixes if record.finished != record.revision else ()
    if known.public is not None and known.public != public:
        stale_prefixes = (*stale_prefixes, known.public.prefix)
    state = FolderState(
        metadata=found.metadata,
        files=found.files,
        good=found.good,
        transcript=found.transcript,
        published_at=decision.published_at,
        withdrawn_at=decision.withdrawn_at,
        public=public,
        stale_prefixes=stale_prefixes,
    )
    phase = state.phase(clock.rfc3339(clock.epoch()))
    return state.model_copy(update={"fingerprint": fingerprint(began.listed, phase)})


def _finish(stores: Stores, video_id: str, revision: int, state: FolderState) -> None:
    """Do what follows outside the table, until it follows from the newest revision.

    Two rounds may finish in the wrong order: the one that finds the folder moved on does it again
    with what stands there now, so the last receipt written is always the newest.

    Raises:
        LostRaceError: the folder moved on each time.
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
    video_id: str, found: FolderScan, decision: Decision, omissions: Iterable[Finding]
) -> str:
    findings = [*decision.findings, *(omissions if found.metadata else ())]
    receipt = Receipt(
        video_id=video_id,
        state=decision.standing,
        made_at=clock.rfc3339(clock.epoch()),
        published_at=decision.published_at,
        findings=receipts.say(findings),
        files=receipts.file_receipts(_news(found)),
    )
    return receipts.fitted(receipt)


def _news(found: FolderScan) -> list[FileNews]:
    first_with: dict[str, str] = {}
    news: list[FileNews] = []
    for name, findings in sorted(found.findings.items()):
        one = found.files.get(name)
        size = found.sizes[name]
        said = [*findings]
        if one is not None and one.rendition is not None:
            twin = first_with.setdefault(_content_of(one), name)
            if twin != name:
                said.append(Finding("same_content", {"file": twin}))
            said += _hashing_findings(one)
            rendition = one.rendition
            news.append(
                FileNews(
                    name, size, tuple(said), rendition.rendition_id, rendition.kind, rendition.label
                )
            )
        else:
            news.append(FileNews(name, size, tuple(said)))
    return news


def _content_of(one: KnownFile) -> str:
    found = one.rendition.checksums if one.rendition else []
    whole = [c.value for c in found if c.algorithm == "SHA256" and c.type == "FULL_OBJECT"]
    return whole[0] if whole else f"{one.etag}/{one.size}"


def _hashing_findings(one: KnownFile) -> list[Finding]:
    if one.hashing == "pending":
        return [Finding("checksum_pending")]
    if one.hashing == "given_up":
        return [Finding("checksum_absent", {"limit": f"{checksums.LARGEST_WHOLE >> 30} GiB"})]
    return []


def _pending(state: FolderState) -> list[KnownFile]:
    return [one for one in state.files.values() if one.rendition and one.hashing == "pending"]


def _hash_late(stores: Stores, one: KnownFile) -> str | None:
    """Return a large file's SHA-256, or None when this invocation can't do it.

    A hash can't be carried from one invocation to the next, so what does not fit into one is left
    out and told; pieces that can be resumed are another matter.
    """
    expected = one.size / checksums.SLOWEST
    if one.size > checksums.LARGEST_WHOLE or stores.seconds_left() - _SPARE_SECONDS < expected:
        return None
    try:
        return stores.media.hash(one.key, one.etag, lambda: stores.seconds_left() > _SPARE_SECONDS)
    except OutOfTimeError:
        return None
