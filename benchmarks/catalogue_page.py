"""Measures the cost of a catalogue page, which must not depend on the catalogue's length.

Counted on moto, which examines the same items for a query as DynamoDB does; AWS bills those.
"""

import copy
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from benchmarks.world import World
from tests.support import uploads
from tests.support.cloud import REGION, Cloud, FakeClock, empty_account

PAGE = 30
RARE = 100
"""One of so many videos has the topics, speakers and language that a list can be narrowed to."""


@dataclass(frozen=True, slots=True)
class PageCost:
    """Queries, items that they examined, and other calls."""

    queries: int
    examined: int
    others: int


def measure(videos: int, **narrowed: str) -> PageCost:
    """Request the first page of a catalogue, or of those videos of it that a filter leaves."""
    with empty_account() as cloud:
        return ask(cloud, videos, **narrowed)


def ask(cloud: Cloud, videos: int, **narrowed: str) -> PageCost:
    """Publish one video many times, and request a page.

    Raises:
        RuntimeError: the page is not full.
    """
    World(cloud, FakeClock())
    _multiply(videos)
    uploads.list_videos(limit="1")  # the environment is now warm
    calls: list[tuple[str, Any]] = []
    make_call: Any = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001

    def call(client: BaseClient, name: str, values: dict[str, Any]) -> Any:
        calls.append((name, make_call(client, name, values)))
        return calls[-1][1]

    with patch.object(BaseClient, "_make_api_call", call):
        shown = len(uploads.list_videos(limit=str(PAGE), **narrowed).json["items"])
    expected = -(-videos // RARE) if narrowed else videos
    if shown != min(PAGE, expected):
        raise RuntimeError(f"{shown} of {expected} videos were listed")
    examined = [answer["ScannedCount"] for name, answer in calls if name == "Query"]
    return PageCost(len(examined), sum(examined), len(calls) - len(examined))


def _multiply(videos: int) -> None:
    # Written into moto's memory: through its API a hundred thousand would take many minutes.
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table("catalogue")
    video, entries = (
        table.items.pop(DynamoType({"S": f"{kind}#{uploads.VIDEO}"}))
        for kind in ("VIDEO", "ENTRIES")
    )
    (pattern,) = (item for item in video.values() if "listing_key" in item.attrs)
    for number in range(videos):
        name = f"video-{number:06d}"
        _put(table, pattern, name, f"VIDEO#{name}")
        if number % RARE == 0:
            for entry in entries.values():
                _put(table, entry, name, f"ENTRIES#{name}")


def _put(table: Any, pattern: Any, name: str, partition: str) -> None:
    values = {
        "pk": partition,
        "video_id": name,
        "listing_key": f"2026-01-01T00:00:00Z#{name}",
    }
    own = {attribute: DynamoType({"S": value}) for attribute, value in values.items()}
    made = copy.copy(pattern)
    made.attrs = type(pattern.attrs)()
    dict.update(made.attrs, {**pattern.attrs, **own})  # skips moto's check of an item's size
    made.hash_key = own["pk"]
    table.items[own["pk"]][made.range_key] = made
