"""Decides whether the public may see a folder's video, since when, and which cause says so."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from newsreel import clock
from newsreel.catalogue.findings import Finding
from newsreel.catalogue.metadata import Metadata
from newsreel.ingest import folders
from newsreel.ingest.folder_state import FolderState, next_change
from newsreel.ingest.scan import FolderScan

PublicationState: TypeAlias = Literal["waiting", "draft", "embargo", "published", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Decision:
    """The public state of a folder, and the reasons for it.

    ``until`` is when time alone changes the state, in RFC 3339: a receipt that is read later says
    by it that it is of before.
    """

    state: PublicationState
    published_at: str | None
    withdrawn_at: str | None
    findings: tuple[Finding, ...]
    until: str | None = None


def decide(scan: FolderScan, known: FolderState, *, now: str) -> Decision:
    """Return what the public may see of a folder; ``now`` is in RFC 3339, UTC."""
    metadata = scan.metadata
    if metadata is None:
        was_uploaded = any(folders.sort_of(name) == "metadata" for name in scan.findings)
        finding = Finding("metadata_refused" if was_uploaded else "metadata_missing")
        return Decision("waiting", None, None, (finding,))
    if metadata.status == "draft":
        return Decision("draft", None, None, (Finding("draft"),))
    was_public = known.published_at is not None and known.published_at <= now
    ends = _rfc3339(metadata.withdraw_at.timestamp()) if metadata.withdraw_at else None
    over = ends is not None and ends <= now
    gone = was_public and not scan.sound()
    if over or gone or metadata.status == "withdrawn":
        since = ends if over and ends is not None else known.withdrawn_at or now
        causes = _causes(metadata, since, was_public=was_public, over=over, gone=gone)
        # A video that was never public stays secret when it is withdrawn: 410 would reveal it.
        return (
            Decision("withdrawn", known.published_at, since, causes)
            if was_public
            else Decision("draft", None, None, causes)
        )
    if not scan.sound():
        return Decision("waiting", None, None, (Finding("no_rendition"),))
    return _publish(metadata, _publication(metadata, known, now), now)


def _publish(metadata: Metadata, published_at: str, now: str) -> Decision:
    changes = next_change(metadata, published_at, now)
    until = clock.rfc3339(changes) if changes is not None else None
    if published_at <= now:
        return Decision("published", published_at, None, (), until)
    finding = Finding("embargo", {"time": published_at})
    return Decision("embargo", published_at, None, (finding,), until)


def _causes(
    metadata: Metadata, since: str, *, was_public: bool, over: bool, gone: bool
) -> tuple[Finding, ...]:
    """Return every cause of a withdrawal: each has its own remedy, and all are needed."""
    causes = []
    if metadata.status == "withdrawn":
        values = {"time": since}
        causes.append(Finding("withdrawn", values) if was_public else Finding("withdrawn_unseen"))
    if over:
        causes.append(Finding("withdrawn_by_time", {"time": since}))
    if gone:
        causes.append(Finding("withdrawn_without_files", {"time": since}))
    return tuple(causes)


def _publication(metadata: Metadata, known: FolderState, now: str) -> str:
    if metadata.publish_at is not None:
        return _rfc3339(metadata.publish_at.timestamp())
    # Removing the date of an embargo ends it now; a video that was public keeps its date.
    before = known.published_at
    return before if before is not None and before <= now else now


def _rfc3339(seconds: float) -> str:
    return clock.rfc3339(int(seconds))
