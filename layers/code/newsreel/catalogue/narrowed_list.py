"""Decides which partitions of the index answer a narrowed list, so that it costs what it finds.

With one filter, its own partition holds exactly the answer. With several, each one's partition is
read in turns until one of them has given the page or has ended. That is the rarest one, and so it
bounds what the others cost.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from newsreel.catalogue import facets
from newsreel.catalogue.model import VideoEntry
from newsreel.catalogue.records import LISTING
from newsreel.catalogue.table import CatalogueTable

_GROWTH, _MOST_AT_ONCE = 4, 1000


class Span(NamedTuple):
    """A range of the index, ``since <= key < before``, and the present moment."""

    since: str
    before: str
    now: str


class Found(NamedTuple):
    """Videos of a list, newest first; ``ends`` says when some of them are withdrawn, by id."""

    videos: list[VideoEntry]
    ends: Mapping[str, str]


class _Walk:
    """How far one partition was read, and what in it is wanted."""

    def __init__(self, listing: str, span: Span, at_once: int) -> None:
        self.listing = listing
        self.span = span
        self.at_once = at_once
        self.found: list[VideoEntry] = []
        self.ends: dict[str, str] = {}


def first(table: CatalogueTable, wanted: Collection[str], span: Span, count: int) -> Found:
    """Return the newest ``count`` videos of a span that stand in all wanted partitions.

    Fewer than ``count`` are all there are.
    """
    if span.since > span.before:
        return Found([], {})
    walks = [_Walk(listing, span, count) for listing in sorted(wanted) or (LISTING,)]
    while True:
        for walk in walks:
            if _advance(table, walk, wanted) or len(walk.found) >= count:
                return Found(walk.found[:count], walk.ends)


def _advance(table: CatalogueTable, walk: _Walk, wanted: Collection[str]) -> bool:
    """Read on in a partition; tell whether it has ended."""
    span = walk.span
    page = table.list_published(span.before, span.since, span.now, walk.at_once, walk.listing)
    walk.found += [entry for entry in page.entries if _is_wanted(entry, wanted)]
    walk.ends.update(page.ends)
    if page.last_key is None:
        return True
    walk.span = span._replace(before=right_before(page.last_key))
    walk.at_once = min(walk.at_once * _GROWTH, _MOST_AT_ONCE)
    return walk.span.since > walk.span.before


def _is_wanted(entry: VideoEntry, wanted: Collection[str]) -> bool:
    return len(wanted) < 2 or set(wanted) <= set(facets.listings_of(entry))  # noqa: PLR2004 - its own


def right_before(key: str) -> str:
    """Return a text behind every listing key that sorts before this one."""
    # Keys end in letters, digits and hyphens, all of which sort before "~".
    return f"{key[:-1]}{chr(ord(key[-1]) - 1)}~"
