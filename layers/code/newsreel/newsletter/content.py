"""Decides what an edition announces: frozen when it is made, without what is withdrawn later."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.catalogue.narrowed_list import right_before
from newsreel.catalogue.records import VideoRecord, listing_key
from newsreel.mail_table.edition_records import EditionVideo

if TYPE_CHECKING:
    from newsreel.catalogue.table import CatalogueTable

_AT_ONCE = 100
_LONGEST_TITLE = 160
_LONGEST_SPEAKERS = 160
_LONGEST_SUMMARY = 200
"""Characters: two lines of a mail that is 600 px wide."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


def list_period(table: "CatalogueTable", since: int, until: int) -> list[str]:
    """Return the ids of the videos published after ``since`` and up to ``until``, newest first.

    Embargoed and withdrawn ones are not in the list that is read.
    """
    ids: list[str] = []
    # "$" sorts right after "#": "<time>$" stands behind every key of that second.
    before, first = f"{clock.rfc3339(until)}$", f"{clock.rfc3339(since)}$"
    while True:
        page = table.list_published(before, first, clock.rfc3339(until), _AT_ONCE)
        ids += [entry.video_id for entry in page.entries]
        if page.last_key is None:
            return ids
        before = right_before(page.last_key)


def read_videos(table: "CatalogueTable", video_ids: Sequence[str]) -> list[EditionVideo]:
    """Return videos as an edition shows them, without those withdrawn a moment ago."""
    records = [table.read_video(video_id) for video_id in video_ids]
    return [freeze(one) for one in records if one is not None and one.state == "published"]


def freeze(record: VideoRecord) -> EditionVideo:
    """Return a video as an edition shows it from now on."""
    video = record.video
    return EditionVideo(
        video_id=video.video_id,
        title=shortened(video.title, _LONGEST_TITLE),
        published_at=video.published_at,
        speakers=shortened(", ".join(one.name for one in video.speakers), _LONGEST_SPEAKERS),
        summary=shortened(video.description or "", _LONGEST_SUMMARY),
        language=video.language or "",
        poster=video.posters.small if video.posters else "",
        duration=round(video.duration or 0),
    )


def still_published(
    table: "CatalogueTable", videos: Sequence[EditionVideo], *, now: int
) -> tuple[EditionVideo, ...]:
    """Return those videos that the public list holds at this moment, in their order.

    One query, whose range ends now: withdrawn, deleted and again embargoed videos are not in it.
    """
    if not videos:
        return ()
    moment = clock.rfc3339(now)
    keys = [listing_key(video.published_at, video.video_id) for video in videos]
    last = min(f"{moment}$", f"{max(keys)}~")
    if min(keys) > last:
        return ()
    page = table.list_published(last, min(keys), moment, _AT_ONCE)
    listed = {entry.video_id for entry in page.entries}
    return tuple(video for video in videos if video.video_id in listed)


def shortened(text: str, most: int) -> str:
    """Return a text on one line, cut behind a word if it is longer than ``most`` characters.

    Control characters end: in a subject they would begin another header (RFC 5322, section 2.2).
    """
    line = " ".join(_UNSEEN.sub(" ", text).split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    at_word = cut.rpartition(" ")[0]
    return f"{(at_word if len(at_word) > most // 2 else cut).rstrip(' ,;:')}…"
