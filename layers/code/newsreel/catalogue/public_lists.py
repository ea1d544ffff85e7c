"""Decides how the list of videos and the feed of changes are read from the catalogue's table."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from newsreel.aws.items import Item, from_item, to_item
from newsreel.catalogue import keys, records
from newsreel.catalogue.model import VideoEntry
from newsreel.catalogue.records import ListPage, Standing, VideoRecord
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

INDEX = "published"
CHANGE = "change"
"""The partition of the index in which the feed's entries stand."""

_BATCH_TRIES = 3
_STANDING = ("pk", "state", "published_at", "withdraw_at", "withdrawn_at", "note", "transcript")
_DECEMBER = 12


def list_page(
    client: "DynamoDBClient",
    table: str,
    listing: str,
    *,
    since: str,
    before: str,
    now: str,
    limit: int,
) -> ListPage:
    """Return published videos with ``since <= listing_key < before``, newest first; one query.

    At most ``limit`` are looked at; what was withdrawn a moment ago is looked at and left out.
    """
    # BETWEEN includes both ends, but the caller's ``before`` is never itself a key.
    answer = client.query(
        TableName=table,
        IndexName=INDEX,
        KeyConditionExpression="#listing = :listing AND #key BETWEEN :since AND :before",
        FilterExpression="(attribute_not_exists(#withdraw_at) OR #withdraw_at > :now)",
        ExpressionAttributeNames={
            "#listing": "listing",
            "#key": "listing_key",
            "#withdraw_at": "withdraw_at",
        },
        ExpressionAttributeValues=to_item(
            {":listing": listing, ":since": since, ":before": before, ":now": now}
        ),
        ScanIndexForward=False,
        Limit=limit,
    )
    last = answer.get("LastEvaluatedKey")
    items = [from_item(item) for item in answer["Items"]]
    return ListPage(
        tuple(VideoEntry.model_validate(item) for item in items),
        str(from_item(last)["listing_key"]) if last else None,
        {str(one["video_id"]): str(one["withdraw_at"]) for one in items if "withdraw_at" in one},
    )


def changes_after(
    client: "DynamoDBClient", table: str, after: str, until: str, limit: int
) -> list[dict[str, object]]:
    """Return at most ``limit`` entries of the feed behind ``after`` and before ``until``, in order.

    None at all means that there are none.
    """
    month = after[:7]
    if month != until[:7] and month != _month_before(until[:7]):
        # Months without a change are not read one by one: the index knows where to go on. It may
        # be late by a moment, and what it looks for is at least a month old.
        month = _next_month(client, table, after, until)
    while True:
        found = _changes_of(client, table, month, after, until, limit)
        if found or month >= until[:7]:
            return found
        month = _next_month(client, table, f"{month}~", until)  # "~" sorts behind all its keys


def read_standings(
    client: "DynamoDBClient", table: str, video_ids: Collection[str]
) -> dict[str, Standing]:
    """Return the standing of each video that is there, by id; one call for at most 100.

    Raises:
        Refusal: ``busy``: some keys stayed unread.
    """
    items = _read_items(client, table, video_ids, _STANDING)
    return {video_id: records.standing(item) for video_id, item in items.items()}


def read_videos(
    client: "DynamoDBClient", table: str, video_ids: Collection[str]
) -> dict[str, VideoRecord]:
    """Return each video that is there, by id; one call for at most 100.

    Raises:
        Refusal: ``busy``: some keys stayed unread.
    """
    items = _read_items(client, table, video_ids, ())
    return {video_id: records.video_record(item) for video_id, item in items.items()}


def _read_items(
    client: "DynamoDBClient", table: str, video_ids: Collection[str], attributes: tuple[str, ...]
) -> dict[str, Item]:
    """Return the items of videos by id, of all attributes or of these."""
    found: dict[str, Item] = {}
    unread: list[Item] = [to_item(keys.video_pk(video_id)) for video_id in video_ids]
    for _ in range(_BATCH_TRIES):
        if not unread:
            return found
        wanted: KeysAndAttributesTypeDef = {"Keys": unread, "ConsistentRead": True}
        if attributes:
            wanted["ProjectionExpression"] = ", ".join(f"#{name}" for name in attributes)
            wanted["ExpressionAttributeNames"] = {f"#{name}": name for name in attributes}
        answer = client.batch_get_item(RequestItems={table: wanted})
        for item in answer["Responses"].get(table, []):
            found[keys.video_id_of(item["pk"]["S"])] = item
        left = answer.get("UnprocessedKeys", {}).get(table)
        unread = list(left["Keys"]) if left else []
    if unread:
        raise Refusal("busy", retry_after=1)
    return found


def _changes_of(
    client: "DynamoDBClient", table: str, month: str, after: str, until: str, limit: int
) -> list[dict[str, object]]:
    answer = client.query(
        TableName=table,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :after AND :until",
        ExpressionAttributeValues=to_item(
            # Nothing sorts between a key and the same with "!" behind it but that key's own.
            {":pk": keys.change_pk(month)["pk"], ":after": f"{after}!", ":until": until}
        ),
        ConsistentRead=True,
        Limit=limit,
    )
    return [_plain(item) for item in answer["Items"]]


def _next_month(client: "DynamoDBClient", table: str, after: str, until: str) -> str:
    """Return the month of the next change, or the last month if the index knows of none."""
    answer = client.query(
        TableName=table,
        IndexName=INDEX,
        KeyConditionExpression="#listing = :listing AND #key BETWEEN :after AND :until",
        ExpressionAttributeNames={"#listing": "listing", "#key": "listing_key"},
        ExpressionAttributeValues=to_item(
            {":listing": CHANGE, ":after": f"{after}!", ":until": until}
        ),
        Limit=1,
    )
    return str(_plain(answer["Items"][0])["listing_key"])[:7] if answer["Items"] else until[:7]


def _plain(item: Mapping[str, object]) -> dict[str, object]:
    return dict(from_item(item))


def _month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{year - 1:04}-{_DECEMBER}" if number == 1 else f"{year:04}-{number - 1:02}"
