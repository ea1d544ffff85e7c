"""Decides the answer that exports an account: pydantic models."""

from typing import Annotated

from pydantic import Field, JsonValue

from newsreel import clock
from newsreel.accounts.export import CURSOR, ExportPart
from newsreel.models import QueryModel, ResponseModel


class ExportQuery(QueryModel):
    """The requested part of the export."""

    cursor: Annotated[str, Field(pattern=CURSOR)] | None = None


class ExportedItem(ResponseModel):
    """One thing that is held."""

    kind: str
    values: dict[str, JsonValue]
    left_out: list[str]


class ExportView(ResponseModel):
    """One part of what is held of an account; ``next_cursor`` is null on the last."""

    exported_at: str
    items: list[ExportedItem]
    next_cursor: str | None


def view_export(part: ExportPart, *, now: int) -> ExportView:
    """Return a part as the API shows it; the values were checked when they were written."""
    items = [
        ExportedItem.model_validate(
            {"kind": one.kind, "values": one.values, "left_out": list(one.left_out)}
        )
        for one in part.items
    ]
    return ExportView(exported_at=clock.rfc3339(now), items=items, next_cursor=part.cursor)
