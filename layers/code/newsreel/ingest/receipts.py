"""Decides how the press office is told what happened to an upload: one receipt a folder."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import Field

from newsreel.catalogue.findings import Finding, Severity
from newsreel.catalogue.model import Kind
from newsreel.ingest.folders import UploadLocation
from newsreel.models import ResponseModel
from newsreel.texts import messages

LANGUAGE = messages.DEFAULT_LANGUAGE

LARGEST = 350 * 1024
"""Bytes of a receipt; DynamoDB keeps items of at most 400 KB."""

MOST_FINDINGS = 20
"""Findings on one file: who has a thousand wrong cues corrects the first ones and sees."""


class FindingText(ResponseModel):
    """One finding in words."""

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
    """What happened to a folder; ``state`` is what the public sees of it.

    ``waiting`` means that something is still missing before it can be published.
    """

    video_id: str
    state: str
    made_at: str
    published_at: str | None = None
    findings: tuple[FindingText, ...] = Field(default=(), serialization_alias="remarks")
    files: tuple[FileReceipt, ...] = ()


@dataclass(frozen=True, slots=True)
class FileNews:
    """What a reconciliation found out about one file."""

    name: str
    size: int
    findings: tuple[Finding, ...] = ()
    rendition_id: str | None = None
    kind: Kind | None = None
    label: str | None = None

    @property
    def accepted(self) -> bool:
        """Tell whether the file counts."""
        return not any(finding.severity == "rejected" for finding in self.findings)


def say(findings: Iterable[Finding]) -> tuple[FindingText, ...]:
    """Return findings in words."""
    return tuple(
        FindingText(
            code=finding.code,
            weight=finding.severity,
            message=_words(finding, "message"),
            next=_words(finding, "next"),
        )
        for finding in findings
    )


def file_receipts(news: Sequence[FileNews]) -> tuple[FileReceipt, ...]:
    """Return what happened to each file, in the order of their names."""
    return tuple(
        FileReceipt(
            file_name=one.name,
            size_bytes=one.size,
            accepted=one.accepted,
            rendition_id=one.rendition_id,
            kind=one.kind,
            label=one.label,
            findings=say(_first(one.findings)),
        )
        for one in sorted(news, key=lambda one: one.name)
    )


def fitted(receipt: Receipt) -> str:
    """Return a receipt as JSON; as many files as fit, those that count first, and how many not."""
    ranked = sorted(receipt.files, key=lambda one: one.rendition_id is None)
    text, listed = write(receipt.model_dump(by_alias=True)), len(ranked)
    while len(text.encode()) > LARGEST and listed:
        listed //= 2
        left_out = say([Finding("files_left_out", {"count": len(ranked) - listed})])
        shorter = {"files": tuple(ranked[:listed]), "findings": (*receipt.findings, *left_out)}
        text = write(receipt.model_copy(update=shorter).model_dump(by_alias=True))
    return text


def _first(findings: Sequence[Finding]) -> Sequence[Finding]:
    if len(findings) <= MOST_FINDINGS:
        return findings
    more = Finding("more_remarks", {"count": len(findings) - MOST_FINDINGS})
    return (*findings[:MOST_FINDINGS], more)


def rejected_place(place: UploadLocation) -> str:
    """Return the receipt, as JSON, of what stands in no video's folder."""
    finding = (
        Finding("folder_name", {"folder": place.folder})
        if place.folder
        else Finding("no_folder", {"file": place.name})
    )
    said = [entry.model_dump() for entry in say([finding])]
    return write({"folder": place.folder or None, "file": place.name or None, "remarks": said})


def write(values: object) -> str:
    """Return JSON as a person reads it."""
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _words(finding: Finding, part: str) -> str:
    return messages.text(LANGUAGE, "receipts", f"{finding.code}.{part}", **finding.values)
