"""The shapes in which the feed of changes asks and answers, apart from what `downloads` loads."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from newsreel.catalogue.queries import LARGEST_PAGE, key_in
from newsreel.models import QueryModel, ResponseModel

ChangeState: TypeAlias = Literal["published", "updated", "withdrawn"]

_CHANGE_KEY = r"\d{4}-(?:0[1-9]|1[0-2])-\d{2}T\d{2}:\d{2}:\d{2}Z#[a-z0-9-]{1,100}#\d{1,12}"


def _read_change_cursor(cursor: str) -> str:
    return key_in(cursor, _CHANGE_KEY)


class ChangesQuery(QueryModel):
    """Where to go on in the feed of changes."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE
    cursor: Annotated[str, AfterValidator(_read_change_cursor)] | None = None


class VideoChange(ResponseModel):
    """That a video was published, updated or withdrawn, and how it stands now."""

    video_id: str
    state: ChangeState
    changed_at: str
    note: str | None = None


class VideoChanges(ResponseModel):
    """A part of the change feed, oldest first.

    ``next_cursor`` is where to go on, now or later; null only if there never was a change. ``more``
    tells whether there is more right now.
    """

    items: list[VideoChange]
    next_cursor: str | None = None
    more: bool
