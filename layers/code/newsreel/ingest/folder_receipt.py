"""Decides what the receipt of a folder says of it and of each of its files."""

from collections.abc import Iterable

from newsreel import clock
from newsreel.catalogue.findings import Finding
from newsreel.ingest import file_hashes, receipts
from newsreel.ingest.decision import Decision
from newsreel.ingest.folder_state import KnownFile
from newsreel.ingest.receipts import FileNews, Receipt
from newsreel.ingest.scan import FolderScan
from newsreel.policy import POLICY


def write(video_id: str, scan: FolderScan, decision: Decision, omissions: Iterable[Finding]) -> str:
    """Return the receipt of a folder as JSON."""
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
            reported += file_hashes.findings_of(file, POLICY.hashes)
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
