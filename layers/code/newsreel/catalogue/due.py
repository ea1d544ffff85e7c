"""Decides what of the catalogue table is due: a sparse index on time of what is to be looked at.

An item is in the index while it has both attributes; it leaves it when they are removed:

========== =========================================================================
attribute  holds
========== =========================================================================
``due``    the kind of work, which is the index's partition: ``folder`` or ``hash``
``due_at`` when, in seconds since 1970
========== =========================================================================

``folder`` is on items of folders, for ``ingest``; ``hash`` on items of files whose hash is pending.
The index may lag behind by a second, so an item that is found there is read again, or changed under
a condition.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from botocore.exceptions import ClientError

from newsreel.aws.items import from_item, to_item
from newsreel.aws.transactions import condition_failure

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEX = "due"

DueKind: TypeAlias = Literal["folder", "hash"]

FOLDER: DueKind = "folder"
HASH: DueKind = "hash"


@dataclass(frozen=True, slots=True)
class DueItem:
    """The key of an item that is due, and since when (seconds since 1970)."""

    pk: str
    sk: str
    due_at: int


def entry(kind: DueKind, due_at: int | None) -> dict[str, object]:
    """Return the attributes that put an item into the index; None keeps it out."""
    return {"due": kind if due_at is not None else None, "due_at": due_at}


def list_due(
    client: "DynamoDBClient", table: str, kind: DueKind, *, now: int, limit: int
) -> list[DueItem]:
    """Return what is due, at most ``limit`` items, those that wait longest first: one query."""
    answer = client.query(
        TableName=table,
        IndexName=INDEX,
        KeyConditionExpression="due = :due AND due_at <= :now",
        ExpressionAttributeValues=to_item({":due": kind, ":now": now}),
        Limit=limit,
    )
    found = [from_item(item) for item in answer["Items"]]
    return [DueItem(str(one["pk"]), str(one["sk"]), int(str(one["due_at"]))) for one in found]


def put_off(client: "DynamoDBClient", table: str, item: DueItem, due_at: int) -> bool:
    """Move an item to a later time; return False if it was moved or settled meanwhile."""
    try:
        client.update_item(
            TableName=table,
            Key=to_item({"pk": item.pk, "sk": item.sk}),
            UpdateExpression="SET due_at = :later",
            ConditionExpression="due_at = :seen",
            ExpressionAttributeValues=to_item({":later": due_at, ":seen": item.due_at}),
        )
    except ClientError as error:
        condition_failure(error)
        return False
    return True
