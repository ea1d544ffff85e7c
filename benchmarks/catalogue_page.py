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

from benchmarks.routes import World
from tests.support import uploads
from tests.support.cloud import REGION, Cloud, FakeClock, empty_account

PAGE = 30


@dataclass(frozen=True, slots=True)
class PageCost:
    """Queries, items that they examined, and other calls."""

    queries: int
    examined: int
    others: int


def measure(videos: int) -> PageCost:
    """Request the first page of a catalogue with a number of videos."""
    with empty_account() as cloud:
        return ask(cloud, videos)


def ask(cloud: Cloud, videos: int) -> PageCost:
    """Publish one video many times, and request a page.

    Raises:
        RuntimeError: the page is not full.
    """
    World(cloud, FakeClock())
    _multiply(videos)
    calls: list[tuple[str, Any]] = []
    make_call: Any = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001

    def call(client: BaseClient, name: str, values: dict[str, Any]) -> Any:
        calls.append((name, make_call(client, name, values)))
        return calls[-1][1]

    with patch.object(BaseClient, "_make_api_call", call):
        shown = len(uploads.list_videos(limit=str(PAGE)).json["items"])
    if shown != min(PAGE, videos):
        raise RuntimeError(f"{shown} of {videos} videos were listed")
    examined = [answer["ScannedCount"] for name, answer in calls if name == "Query"]
    return PageCost(len(examined), sum(examined), len(calls) - len(examined))


def _multiply(videos: int) -> None:
    # Written into moto's memory: through its API a hundred thousand would take many minutes.
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table("catalogue")
    key = DynamoType({"S": f"VIDEO#{uploads.VIDEO}"}), DynamoType({"S": "VIDEO"})
    pattern = table.get_item(*key)
    if pattern is None:
        raise RuntimeError("the sample was not published")
    for number in range(videos):
        name = f"video-{number:06d}"
        values = {
            "pk": f"VIDEO#{name}",
            "video_id": name,
            "listing_key": f"2026-01-01T00:00:00Z#{name}",
        }
        made = copy.copy(pattern)
        made.attrs = type(pattern.attrs)()
        own = {attribute: DynamoType({"S": value}) for attribute, value in values.items()}
        dict.update(made.attrs, {**pattern.attrs, **own})  # skips moto's check of an item's size
        made.hash_key = own["pk"]
        table.items[own["pk"]] = {made.range_key: made}
