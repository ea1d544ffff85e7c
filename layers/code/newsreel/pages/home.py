"""Decides the content of the home page: the list of videos, as it can be read without JavaScript.

Days are those of UTC here; the page's script moves rows to the reader's own days. The rows are as
``website/scripts/video-rows.js`` makes them for further pages.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from newsreel.catalogue.model import VideoEntry, VideoList
from newsreel.pages import formatting, templating
from newsreel.pages.languages import own_name
from newsreel.pages.render import PageContext
from newsreel.texts import messages

FILTERS = ("speaker", "topic", "language", "from", "to")
"""What the list can be narrowed by, in the order of the page's line."""
PAGE_SIZE = 20
ROWS_IN_VIEW = 3
"""Every screen shows these at once, so their posters load before layout."""
_PARTS = ("head", "list")


class Filter(NamedTuple):
    """One thing that the list is narrowed by, as texts; ``rest`` leads to the list without it."""

    label: str
    value: str
    rest: str


class Row(NamedTuple):
    """One video of the list, as texts."""

    video: VideoEntry
    speakers: str
    duration: str
    transcript: str
    recorded: str
    in_view: bool


class Day(NamedTuple):
    """The videos of one day, which is named as 2026-02-14."""

    date: str
    parts: formatting.DayParts
    rows: list[Row]


def filters_in(query: Mapping[str, str]) -> dict[str, str]:
    """Return the filters in an address's query; empty ones are none."""
    # Half a surrogate pair, which a gateway may make of broken UTF-8, can stand in no address.
    texts = {name: query.get(name, "").encode(errors="replace").decode() for name in FILTERS}
    given = {name: text.strip() for name, text in texts.items()}
    return {name: value for name, value in given.items() if value}


def render_home(
    shell: str, listed: VideoList, query: Mapping[str, str], context: PageContext, *, indexed: bool
) -> str:
    """Return the home page with one page of the list, narrowed as its address says.

    ``query`` are the filters alone. Only the first page of all videos is ``indexed``.
    """
    language = context.language
    further = {**query, "cursor": listed.next_cursor} if listed.next_cursor else None
    values = {
        "context": context,
        "s": lambda key, **shown: messages.text(language, "site", key, **shown),
        "filters": [_filter(name, value, query, context) for name, value in query.items()],
        "days": _days(listed.items, language),
        "cursor": listed.next_cursor or "",
        "more": _address(context, further) if further else "",
        "indexed": indexed,
    }
    return templating.filled(shell, "home.html", _PARTS, values)


def _address(context: PageContext, query: Mapping[str, str]) -> str:
    return f"{context.home}?{urlencode(query)}" if query else context.home


def _filter(name: str, value: str, query: Mapping[str, str], context: PageContext) -> Filter:
    rest = {other: kept for other, kept in query.items() if other != name}
    label = messages.text(context.language, "site", f"catalogue.{name}")
    return Filter(label, _shown(name, value, context.language), _address(context, rest))


def _shown(name: str, value: str, language: str) -> str:
    """Return a filter's value for people: a language by its name, a day as pages write days."""
    if name == "language":
        return own_name(value)
    if name not in {"from", "to"}:
        return value
    try:
        return formatting.date(language, f"{value}T00:00:00Z")
    except ValueError:
        return value


def _days(videos: list[VideoEntry], language: str) -> list[Day]:
    first = {video.video_id for video in videos[:ROWS_IN_VIEW]}
    return [
        Day(
            date,
            formatting.day_parts(language, f"{date}T00:00:00Z"),
            [_row(video, language, in_view=video.video_id in first) for video in group],
        )
        for date, group in groupby(videos, lambda video: formatting.utc_day(video.published_at))
    ]


def _row(video: VideoEntry, language: str, *, in_view: bool) -> Row:
    transcript = ""
    if video.transcript:
        key = "transcript_draft" if video.transcript.state == "draft" else "transcript"
        transcript = messages.text(language, "site", f"catalogue.{key}")
    return Row(
        video,
        ", ".join(speaker.name for speaker in video.speakers) or video.location or "",
        formatting.duration(video.duration) if video.duration else "",
        transcript,
        _recorded(video, language),
        in_view,
    )


def _recorded(video: VideoEntry, language: str) -> str:
    """Return when it was recorded, unless it was published on the same day."""
    if video.recorded_at is None:
        return ""
    recorded, published = (
        formatting.utc_day(moment) for moment in (video.recorded_at, video.published_at)
    )
    if recorded == published:
        return ""
    write = formatting.short_date if recorded[:4] == published[:4] else formatting.date
    date = write(language, video.recorded_at)
    return messages.text(language, "site", "catalogue.recorded", date=date)
