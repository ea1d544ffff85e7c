"""Decides how the press office learns what happened to an upload: one receipt per folder.

What keeps something from being published comes first: among the remarks of the folder, among those
of a file, and among the files.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import Field

from newsreel.catalogue.findings import WEIGHTIEST_FIRST, Finding, Severity
from newsreel.catalogue.model import Kind
from newsreel.ingest.folders import UploadLocation
from newsreel.models import ResponseModel
from newsreel.texts import messages

LANGUAGE = messages.DEFAULT_LANGUAGE

LARGEST = 350 * 1024
"""Bytes of a receipt; DynamoDB keeps items of at most 400 KB."""

MOST_FINDINGS = 20
"""The most findings shown for one file: the first of a thousand wrong cues suffice."""


class FindingText(ResponseModel):
    """One finding as text."""

    code: str
    weight: Severity
    message: str
    next: str


class FileReceipt(ResponseModel):
    """What happened to one file."""

    file_name: str
    size_bytes: int
    accepted: bool
    rendition_id: str | None = None
    kind: Kind | None = None
    label: str | None = None
    findings: tuple[FindingText, ...] = Field(default=(), serialization_alias="remarks")


class Receipt(ResponseModel):
    """The result for one folder; ``state`` is what the public sees of it until ``state_until``.

    ``waiting`` means that something is still missing before it can be published.
    """

    video_id: str
    state: str
    made_at: str
    published_at: str | None = None
    state_until: str | None = None
    findings: tuple[FindingText, ...] = Field(default=(), serialization_alias="remarks")
    files: tuple[FileReceipt, ...] = ()


@dataclass(frozen=True, slots=True)
class FileNews:
    """The result of a reconciliation for one file."""

    name: str
    size: int
    findings: tuple[Finding, ...] = ()
    rendition_id: str | None = None
    kind: Kind | None = None
    label: str | None = None

    @property
    def accepted(self) -> bool:
        """Tell whether the file is used."""
        return not any(finding.severity == "rejected" for finding in self.findings)


def say(findings: Iterable[Finding]) -> tuple[FindingText, ...]:
    """Return findings as texts, the weightiest first, and otherwise as they come."""
    return tuple(
        FindingText(
            code=finding.code,
            weight=finding.severity,
            message=_words(finding, "message"),
            next=_words(finding, "next"),
        )
        for finding in sorted(findings, key=_rank)
    )


def file_receipts(news: Sequence[FileNews]) -> tuple[FileReceipt, ...]:
    """Return the result for each file, first those with the weightiest remarks, then by name."""
    return tuple(
        FileReceipt(
            file_name=entry.name,
            size_bytes=entry.size,
            accepted=entry.accepted,
            rendition_id=entry.rendition_id,
            kind=entry.kind,
            label=entry.label,
            findings=say(_first(entry.findings)),
        )
        for entry in sorted(news, key=lambda entry: (_urgency(entry), entry.name))
    )


def _rank(finding: Finding) -> int:
    return WEIGHTIEST_FIRST.index(finding.severity)


def _urgency(entry: FileNews) -> int:
    """Return how early a file is told: one that is left out, one with a warning, any other."""
    notes = WEIGHTIEST_FIRST.index("note")
    return min([_rank(finding) for finding in entry.findings], default=notes)


def fitted(receipt: Receipt) -> str:
    """Return a receipt as JSON with as many files as fit, and count the rest.

    Used ones are kept before others, of which there may be thousands.
    """
    ranked = sorted(receipt.files, key=lambda file: file.rendition_id is None)
    text, listed = write(receipt.model_dump(by_alias=True)), len(ranked)
    while len(text.encode()) > LARGEST and listed:
        listed //= 2
        left_out = say([Finding("files_left_out", {"count": len(ranked) - listed})])
        kept = {file.file_name for file in ranked[:listed]}
        shorter = {
            "files": tuple(file for file in receipt.files if file.file_name in kept),
            "findings": (*receipt.findings, *left_out),
        }
        text = write(receipt.model_copy(update=shorter).model_dump(by_alias=True))
    return text


def _first(findings: Sequence[Finding]) -> Sequence[Finding]:
    if len(findings) <= MOST_FINDINGS:
        return findings
    more = Finding("more_remarks", {"count": len(findings) - MOST_FINDINGS})
    return (*sorted(findings, key=_rank)[:MOST_FINDINGS], more)


def rejected_location(location: UploadLocation) -> str:
    """Return the JSON receipt for an object that is in no video's folder."""
    finding = (
        Finding("folder_name", {"folder": location.folder})
        if location.folder
        else Finding("no_folder", {"file": location.name})
    )
    findings = [entry.model_dump() for entry in say([finding])]
    return write(
        {"folder": location.folder or None, "file": location.name or None, "remarks": findings}
    )


def write(values: object) -> str:
    """Return indented JSON for people."""
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _words(finding: Finding, part: str) -> str:
    return messages.text(LANGUAGE, "receipts", f"{finding.code}.{part}", **finding.values)
