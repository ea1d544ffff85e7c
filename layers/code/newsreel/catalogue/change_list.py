"""Decides what the feed of changes tells, so that a mirror learns of corrections and withdrawals.

An entry says that something changed; what is told is how the video stands when it is asked for. A
video that may not be seen now is left out, and so is every entry from before it could be seen.
"""

import hashlib
from collections.abc import Mapping

from newsreel import clock
from newsreel.catalogue.change_model import ChangesQuery, VideoChange, VideoChanges
from newsreel.catalogue.queries import write_cursor
from newsreel.catalogue.records import Standing
from newsreel.catalogue.table import CatalogueTable
from newsreel.catalogue.traces import Change

DELAY = 60
"""Seconds after which a change is told.

The time of an entry is that of its write, which may take up to 30 seconds with all its retries. So
nothing can appear behind a reader's cursor.
"""


def list_changes(table: CatalogueTable, query: ChangesQuery) -> VideoChanges:
    """Return the changes behind a cursor, oldest first."""
    # "$" sorts right after "#": "<time>$" sorts behind every key of that second.
    now = clock.epoch()
    until = f"{clock.rfc3339(now - DELAY)}$"
    after = query.cursor or ""
    told: list[tuple[Change, VideoChange]] = []
    while len(told) <= query.limit and after < until:
        changes = table.changes_after(after, until, query.limit + 1)
        if not changes:
            break
        standings = table.read_standings({change.video_id for change in changes})
        told += _told(changes, standings, clock.rfc3339(now))
        after = changes[-1].key
        if len(changes) <= query.limit and after[:7] == until[:7]:
            break  # the last month had no more
    shown = told[: query.limit]
    # Behind what was told, not behind what was read: a cursor must not name a video left out.
    cursor = write_cursor(shown[-1][0].key) if shown else None
    return VideoChanges(
        items=[item for _, item in shown],
        next_cursor=cursor or (write_cursor(query.cursor) if query.cursor else None),
        more=len(told) > query.limit,
    )


def entity_tag(text: str) -> str:
    """Return the ETag of an answer: equal answers have equal ones (RFC 9110, section 8.8.3)."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Tell whether a reader has an answer already; proxies that compress may have weakened tags."""
    if if_none_match is None:
        return False
    named = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return tag in named or "*" in named


def _told(
    changes: list[Change], standings: Mapping[str, Standing], now: str
) -> list[tuple[Change, VideoChange]]:
    told = []
    for change in changes:
        standing = standings.get(change.video_id)
        item = _seen(change, standing, now) if standing else None
        if item is not None:
            told.append((change, item))
    return told


def _seen(change: Change, standing: Standing, now: str) -> VideoChange | None:
    if standing.published_at > now:
        return None
    withdrawn_at = standing.withdrawn_since(now)
    if change.at < (withdrawn_at or standing.published_at):
        return None
    if withdrawn_at is not None:
        return VideoChange(
            video_id=change.video_id, state="withdrawn", changed_at=change.at, note=standing.note
        )
    return VideoChange(
        video_id=change.video_id,
        state="published" if change.opens else "updated",
        changed_at=change.at,
        note=None if change.opens else standing.transcript_note,
    )
