"""Decides what the public may see of the catalogue at this second.

An embargoed video is refused exactly as a video that never existed. Nothing about it may be cached,
because a shorter cache lifetime would reveal the embargo. A withdrawn video is refused as
withdrawn.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, StringConstraints

from newsreel import clock
from newsreel.catalogue import facets, narrowed_list
from newsreel.catalogue.model import Transcript, Video, VideoEntry, VideoList
from newsreel.catalogue.narrowed_list import Span, right_before
from newsreel.catalogue.records import TranscriptRecord, VideoRecord, listing_key
from newsreel.catalogue.table import CatalogueTable
from newsreel.catalogue.transcripts import formats
from newsreel.models import QueryModel
from newsreel.refusals import Refusal, Shown

LARGEST_PAGE = 100
USUAL_PAGE = 30
LONGEST_CACHING = 10
"""Seconds for which anything about a video may be cached: how late a withdrawal may show."""

VIDEO_ID = re.compile(r"(?!changes$)[a-z0-9](?:-?[a-z0-9]){0,99}")
"""``changes`` is none: the feed of changes has its address."""
# Not compiled here: most environments never see a cursor.
_LISTING_KEY = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z#[a-z0-9-]{1,100}"
_LONGEST_CURSOR = 200
_MOST_AT_ONCE = 1000
"""Entries of one query: what DynamoDB reads at once, 1 MB."""


def _read_cursor(cursor: str) -> str:
    return key_in(cursor, _LISTING_KEY)


def key_in(cursor: str, form: str) -> str:
    """Return the key inside a cursor; any other text is refused as a wrong value."""
    if len(cursor) > _LONGEST_CURSOR:
        raise ValueError("cursor")
    try:
        key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        raise ValueError("cursor") from None
    if not re.fullmatch(form, key):
        raise ValueError("cursor")
    return key


def write_cursor(key: str) -> str:
    """Return a key as a cursor, in characters that an address takes."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ListQuery(QueryModel):
    """The filters of the list; dates are of publication, in UTC, both inclusive."""

    speaker: Word | None = None
    topic: Word | None = None
    language: Word | None = None
    since: date | None = Field(default=None, alias="from")
    until: date | None = Field(default=None, alias="to")
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = USUAL_PAGE
    cursor: Annotated[str, AfterValidator(_read_cursor)] | None = None


class TranscriptQuery(QueryModel):
    """Nothing: each form has an address. The earlier `?format=` is refused rather than ignored."""


class VisibleVideo(NamedTuple):
    """A video that may be seen, its transcript, and the seconds for which it may be cached."""

    video: Video
    transcript: Transcript | None
    cache_seconds: int


class VisibleList(NamedTuple):
    """One page of the list, and the seconds for which it may be cached."""

    page: VideoList
    cache_seconds: int


def list_videos(table: CatalogueTable, query: ListQuery) -> VisibleList:
    """Return one page, newest first; with a cursor only if more follow.

    The cursor is the last entry's position in time, not a count of entries: a video published
    meanwhile changes no later page. A cursor never reaches beyond now, even a forged one.
    """
    now = clock.rfc3339(clock.epoch())
    # "$" sorts right after "#": "<time>$" sorts behind every key of that second.
    before = f"{now}$"
    if query.until is not None:
        before = min(before, f"{_day_after(query.until)}T")
    if query.cursor is not None:
        before = min(before, right_before(query.cursor))
    since = f"{query.since.isoformat()}T" if query.since else "0"
    filters: tuple[tuple[facets.Facet, str | None], ...] = (
        ("topic", query.topic),
        ("speaker", query.speaker),
        ("language", query.language),
    )
    wanted = frozenset(facets.listing_of(facet, value) for facet, value in filters if value)
    found = narrowed_list.first(table, wanted, Span(since, before, now), query.limit + 1)
    items = found.videos[: query.limit]
    more = len(found.videos) > query.limit
    last = listing_key(items[-1].published_at, items[-1].video_id) if more else None
    page = VideoList(items=items, next_cursor=write_cursor(last) if last else None)
    ends = [found.ends[video.video_id] for video in items if video.video_id in found.ends]
    return VisibleList(page, caching_until(min(ends, default=None)))


def list_newest(table: CatalogueTable, most: int) -> VisibleList:
    """Return the newest videos, at most so many, by as few queries as it takes; no cursor."""
    now = clock.rfc3339(clock.epoch())
    before = f"{now}$"
    videos: list[VideoEntry] = []
    ends: list[str] = []
    while len(videos) < most:
        page = table.list_published(before, "0", now, min(most - len(videos), _MOST_AT_ONCE))
        videos += page.entries
        ends += page.ends.values()
        if page.last_key is None:
            break
        before = right_before(page.last_key)
    return VisibleList(VideoList(items=videos), caching_until(min(ends, default=None)))


def read_videos(table: CatalogueTable, video_ids: Sequence[str]) -> list[VisibleVideo]:
    """Return those of these videos that may be seen, in their order; one call for at most 100."""
    records = table.read_videos(video_ids)
    found = []
    for video_id in video_ids:
        try:
            record = visible_or_refused(records.get(video_id))
        except Refusal:
            continue
        found.append(VisibleVideo(record.video, None, caching_until(record.withdraw_at)))
    return found


def caching_until(withdraw_at: str | None) -> int:
    """Return the seconds for which what shows a video may be cached: never past its withdrawal.

    An embargo that ends soon changes nothing: a shorter time would tell of it.
    """
    if withdraw_at is None:
        return LONGEST_CACHING
    left = datetime.fromisoformat(withdraw_at) - clock.now()
    return max(0, min(LONGEST_CACHING, int(left.total_seconds())))


def read_video(table: CatalogueTable, video_id: str) -> VisibleVideo:
    """Return a video that may be seen, without its transcript.

    Raises:
        Refusal: ``not_available`` or ``withdrawn``.
    """
    known = table.read_video(video_id) if VIDEO_ID.fullmatch(video_id) else None
    record = visible_or_refused(known)
    return VisibleVideo(record.video, None, caching_until(record.withdraw_at))


def read_page(table: CatalogueTable, video_id: str) -> VisibleVideo:
    """Return what a video's page shows.

    Raises:
        Refusal: ``not_available`` or ``withdrawn``.
    """
    record, transcript = _read_both(table, video_id)
    record = visible_or_refused(record)
    shown = transcript.transcript if transcript else None
    return VisibleVideo(record.video, shown, caching_until(record.withdraw_at))


class VisibleTranscript(NamedTuple):
    """A transcript that may be read, and the seconds for which it may be cached."""

    record: TranscriptRecord
    cache_seconds: int


def read_transcript(table: CatalogueTable, video_id: str) -> VisibleTranscript:
    """Return the transcript of a video that may be seen.

    Raises:
        Refusal: ``not_available`` or ``withdrawn``.
    """
    record, transcript = _read_both(table, video_id)
    seconds = caching_until(visible_or_refused(record).withdraw_at)
    if transcript is None:
        raise Refusal("not_available")
    return VisibleTranscript(transcript, seconds)


def write_transcript(record: TranscriptRecord, form: formats.Format) -> str:
    """Return a transcript as text in one of its forms.

    Raises:
        Refusal: ``no_times``, which the form needs.
    """
    if form != "txt" and not record.transcript.timed:
        raise Refusal("no_times")
    # Imported here: few environments write transcripts, so the others save this at a cold start.
    from newsreel.catalogue.transcripts.spoken import Cue, Reading  # noqa: PLC0415

    cues = tuple(tuple(Cue(*cue) for cue in turn) for turn in record.cues)
    return formats.write(form, Reading(tuple(record.transcript.turns), cues))


def visible_or_refused(record: VideoRecord | None) -> VideoRecord:
    """Return the video if it may be seen now.

    Raises:
        Refusal: ``not_available`` or ``withdrawn``.
    """
    # RFC 3339 in UTC with whole seconds sorts as text.
    now = clock.rfc3339(clock.epoch())
    if record is None or record.video.published_at > now:
        raise Refusal("not_available")
    withdrawn_at = record.standing.withdrawn_since(now)
    if withdrawn_at is not None:
        raise Refusal("withdrawn", _withdrawn_video(record, withdrawn_at))
    return record


def _withdrawn_video(record: VideoRecord, withdrawn_at: str) -> dict[str, Shown]:
    """Return what names a withdrawn video to those who have it already, and nothing else of it."""
    video = record.video
    return {
        "withdrawn_at": withdrawn_at,
        "note": record.note,
        "video_id": video.video_id,
        "video_title": video.title,
        "location": video.location,
        "recorded_at": video.recorded_at,
    }


def _read_both(
    table: CatalogueTable, video_id: str
) -> tuple[VideoRecord | None, TranscriptRecord | None]:
    if not VIDEO_ID.fullmatch(video_id):
        return None, None
    return table.read_video_and_transcript(video_id)


def _day_after(day: date) -> str:
    return (day + timedelta(days=1)).isoformat() if day < date.max else "9999-12-31"
