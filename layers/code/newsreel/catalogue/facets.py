"""Decides by what a list can be narrowed, and which spellings mean the same.

A published video has one entry in the index for each of its topics and speakers and for its
language, beside the one in the list of all. So a narrowed list is a query of that entry's
partition, and costs what it finds.
"""

import hashlib
import unicodedata
from typing import Literal, TypeAlias

from newsreel.catalogue.model import VideoEntry

Facet: TypeAlias = Literal["topic", "speaker", "language"]

MOST_TOPICS, MOST_SPEAKERS = 30, 20
"""Of one video. Its entries and all else that a save writes fit into one transaction of 100."""

_LONGEST_BYTES = 500
"""A partition key has at most 2,048 bytes (DynamoDB), and folding can make a text longer."""


def folded(text: str) -> str:
    """Return a text in the one form of all its spellings: NFC, without case, single spaces."""
    lowered = unicodedata.normalize("NFC", text).casefold()
    return " ".join(unicodedata.normalize("NFC", lowered).split())


def listing_of(facet: Facet, value: str) -> str:
    """Return the partition of the index that holds the videos with a value."""
    name = folded(value)
    if len(name.encode()) > _LONGEST_BYTES:
        name = hashlib.sha256(name.encode()).hexdigest()
    return f"{facet}#{name}"


def listings_of(video: VideoEntry) -> tuple[str, ...]:
    """Return the partitions that a video stands in, besides the list of all; each once."""
    found = [
        *(listing_of("topic", topic) for topic in video.topics[:MOST_TOPICS]),
        *(listing_of("speaker", speaker.name) for speaker in video.speakers[:MOST_SPEAKERS]),
    ]
    if video.language:
        found.append(listing_of("language", video.language))
    return tuple(dict.fromkeys(found))
