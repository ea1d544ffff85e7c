"""Decides how the press office is told what happened to an upload: one receipt a folder."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsreel.catalogue.findings import Remark, Weight
from newsreel.catalogue.model import Kind, Shape
from newsreel.ingest.folders import Place
from newsreel.texts import messages

LANGUAGE = messages.DEFAULT_LANGUAGE

LARGEST = 350 * 1024
"""Bytes of a receipt; DynamoDB keeps items of at most 400 KB."""

MOST_REMARKS = 20
"""Remarks on one file: who has a thousand wrong cues corrects the first ones and sees."""


class Said(Shape):
    """One remark in words."""

    code: str
    weight: Weight
    message: str
    next: str


class FileReceipt(Shape):
    """What happened to one file."""

    file_name: str
    size_bytes: int
    accepted: bool
    rendition_id: str | None = None
    kind: Kind | None = None
    label: str | None = None
    remarks: tuple[Said, ...] = ()


class Receipt(Shape):
    """What happened to a folder; ``state`` is what the public sees of it.

    ``waiting`` means that something is still missing before it can be published.
    """

    video_id: str
    state: str
    made_at: str
    published_at: str | None = None
    remarks: tuple[Said, ...] = ()
    files: tuple[FileReceipt, ...] = ()


@dataclass(frozen=True, slots=True)
class FileNews:
    """What a reconciliation found out about one file."""

    name: str
    size: int
    remarks: tuple[Remark, ...] = ()
    rendition_id: str | None = None
    kind: Kind | None = None
    label: str | None = None

    @property
    def accepted(self) -> bool:
        """Tell whether the file counts."""
        return not any(remark.weight == "rejected" for remark in self.remarks)


def say(remarks: Iterable[Remark]) -> tuple[Said, ...]:
    """Return remarks in words."""
    return tuple(
        Said(
            code=remark.code,
            weight=remark.weight,
            message=_words(remark, "message"),
            next=_words(remark, "next"),
        )
        for remark in remarks
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
            remarks=say(_first(one.remarks)),
        )
        for one in sorted(news, key=lambda one: one.name)
    )


def fitted(receipt: Receipt) -> str:
    """Return a receipt as JSON; as many files as fit, those that count first, and how many not."""
    ranked = sorted(receipt.files, key=lambda one: one.rendition_id is None)
    text, listed = write(receipt.model_dump()), len(ranked)
    while len(text.encode()) > LARGEST and listed:
        listed //= 2
        left_out = say([Remark("files_left_out", {"count": len(ranked) - listed})])
        shorter = {"files": tuple(ranked[:listed]), "remarks": (*receipt.remarks, *left_out)}
        text = write(receipt.model_copy(update=shorter).model_dump())
    return text


def _first(remarks: Sequence[Remark]) -> Sequence[Remark]:
    if len(remarks) <= MOST_REMARKS:
        return remarks
    more = Remark("more_remarks", {"count": len(remarks) - MOST_REMARKS})
    return (*remarks[:MOST_REMARKS], more)


def rejected_place(place: Place) -> str:
    """Return the receipt, as JSON, of what stands in no video's folder."""
    remark = (
        Remark("folder_name", {"folder": place.folder})
        if place.folder
        else Remark("no_folder", {"file": place.name})
    )
    said = [entry.model_dump() for entry in say([remark])]
    return write({"folder": place.folder or None, "file": place.name or None, "remarks": said})


def write(values: object) -> str:
    """Return JSON as a person reads it."""
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _words(remark: Remark, part: str) -> str:
    return messages.text(LANGUAGE, "receipts", f"{remark.code}.{part}", **remark.values)
