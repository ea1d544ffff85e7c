"""Decides what ingest stores about a folder between two reconciliations."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from newsreel import clock
from newsreel.catalogue.findings import Finding
from newsreel.catalogue.metadata import Metadata
from newsreel.catalogue.model import Rendition
from newsreel.catalogue.records import FolderRecord
from newsreel.ingest.buckets import Listed
from newsreel.ingest.folders import composed

RULES = 3
"""Raised when rules change: the next schedule then looks at every folder again."""

Hashing: TypeAlias = Literal["done", "pending", "late", "given_up", "one_run", "differs"]
"""``late`` is pending, and failed some times; the last three are without a SHA-256 for good: the
file is too large, too large for one run where hashes cannot be carried over, or not what S3's own
checksum says."""


class _Remembered(BaseModel):
    # Two fields use aliases, because stored folders have the older names.
    model_config = ConfigDict(
        frozen=True, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )


class KnownFile(_Remembered):
    """One version of one media file; it is sound if it has a rendition."""

    name: str
    key: str
    etag: str
    size: int
    since: str
    version_id: str = ""
    rendition: Rendition | None = None
    format: str | None = None
    findings: tuple[Finding, ...] = Field(default=(), alias="remarks")
    bytes_read: int = 0
    hashing: Hashing = "done"

    def is_of(self, listed: Listed) -> bool:
        """Tell whether the listed object still is this version, for all that a listing tells."""
        mine = (self.key, self.etag, self.size, self.since)
        return mine == (listed.key, listed.etag, listed.size, listed.since)

    def has_bytes_of(self, listed: Listed) -> bool:
        """Tell whether the listed object has the same bytes, under whatever key and version."""
        return (self.etag, self.size) == (listed.etag, listed.size)


def _under_composed_names(files: dict[str, KnownFile]) -> dict[str, KnownFile]:
    # States of before have names as the client sent them. Their links must go on.
    return {
        composed(name): file.model_copy(update={"name": composed(name)})
        for name, file in sorted(files.items(), key=lambda one: one[0] == composed(one[0]))
    }


Files: TypeAlias = Annotated[dict[str, KnownFile], AfterValidator(_under_composed_names)]


class KnownTranscript(_Remembered):
    """The source file of the transcript, and how often its words have changed."""

    name: Annotated[str, AfterValidator(composed)]
    key: str
    version_id: str
    version: int
    digest: str
    note: str | None = None
    corrected_at: str | None = None
    """When words or note changed last; none as long as it is the first, without a note."""


class PublicSet(_Remembered):
    """The files in the public bucket, under one random prefix; ``source`` says what they show."""

    prefix: str
    source: str
    posters: bool
    preview: bool
    captions: bool
    tracks: tuple[str, ...] = ()
    """Languages of further captions."""


class FolderState(_Remembered):
    """The whole state. ``good`` holds the last sound version of files whose current one is not."""

    fingerprint: str = ""
    metadata: Metadata | None = None
    files: Files = {}
    good: Files = {}
    transcript: KnownTranscript | None = None
    published_at: str | None = None
    withdrawn_at: str | None = None
    public: PublicSet | None = None
    stale_prefixes: tuple[str, ...] = Field(default=(), alias="garbage")
    """Prefixes of replaced public files that are still to be deleted."""

    def waiting_for_hashes(self) -> list[KnownFile]:
        """Return the files that count, current ones and kept ones, whose hash is not there yet."""
        known = (*self.files.values(), *self.good.values())
        return [one for one in known if one.rendition and one.hashing in {"pending", "late"}]

    def phase(self, now: str) -> str:
        """Return the phase of the video's life, which changes with time alone."""
        if self.metadata is None:
            return "unknown"
        embargoed = self.published_at is not None and self.published_at > now
        ends = self.metadata.withdraw_at
        over = ends is not None and clock.rfc3339(int(ends.timestamp())) <= now
        return f"{'embargo' if embargoed else 'open'}-{'over' if over else 'on'}"

    def next_change(self, now: str) -> int | None:
        """Return when the next phase begins, in seconds since 1970; None if none does."""
        return next_change(self.metadata, self.published_at, now)


def next_change(metadata: Metadata | None, published_at: str | None, now: str) -> int | None:
    """Return when time alone ends an embargo or withdraws a video next, or None."""
    ends = metadata.withdraw_at if metadata else None
    times = [datetime.fromisoformat(published_at)] if published_at else []
    times += [ends] if ends else []
    # A phase ends with its second, as the times in an answer do.
    seconds = [int(time.timestamp()) for time in times]
    return min((one for one in seconds if clock.rfc3339(one) > now), default=None)


def state_of(record: FolderRecord) -> FolderState:
    """Return the state in a record, or that of a folder of which nothing is known."""
    return FolderState.model_validate_json(record.state) if record.state else FolderState()


def is_settled(record: FolderRecord, listed: Sequence[Listed], now: str) -> bool:
    """Tell whether nothing is left to do for a folder before it is due."""
    if record.revision == 0:
        return not listed
    known = state_of(record)
    return (
        record.finished == record.revision
        and known.fingerprint == fingerprint(listed, known.phase(now))
        and (record.due_at is not None or known.next_change(now) is None)
        and not known.waiting_for_hashes()
    )


def fingerprint(listed: Iterable[Listed], phase: str) -> str:
    """Return a digest of everything that a decision depends on: if it is equal, nothing changes."""
    seen = sorted((entry.name, entry.etag, entry.size, entry.since) for entry in listed)
    return hashlib.sha256(json.dumps([RULES, phase, seen]).encode()).hexdigest()
