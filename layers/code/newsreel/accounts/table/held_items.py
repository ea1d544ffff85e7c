"""Items as they are held, of whatever kind: pages of a partition, and some by their keys."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from newsreel.aws import clients
from newsreel.aws.items import Item, Value, answers, from_item, to_item
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

_TRIES = 3
_AT_ONCE = 100
"""Keys of one read."""


def page(
    table_name: str, partition: str, *, after: str
) -> tuple[list[dict[str, Value]], str | None]:
    """Return at most 1 MB of a partition behind a sort key, and its last one if there is more.

    No item needs to have the key ``after``; an empty one begins.
    """
    query: QueryInputTypeDef = {
        "TableName": table_name,
        "KeyConditionExpression": "pk = :pk AND sk > :after" if after else "pk = :pk",
        "ExpressionAttributeValues": to_item({":pk": partition, ":after": after or None}),
        "ConsistentRead": True,
    }
    answer = clients.dynamodb().query(**query)
    last = answer.get("LastEvaluatedKey")
    return [from_item(item) for item in answer["Items"]], str(last["sk"]["S"]) if last else None


def sort_keys(table_name: str, partition: str, prefix: str) -> list[str]:
    """Return the sort keys of a partition that begin with ``prefix``."""
    query: QueryInputTypeDef = {
        "TableName": table_name,
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
        "ExpressionAttributeValues": to_item({":pk": partition, ":prefix": prefix}),
        "ProjectionExpression": "sk",
        "ConsistentRead": True,
    }
    found = answers(clients.dynamodb(), query)
    return [item["sk"]["S"] for answer in found for item in answer["Items"]]


def some(table_name: str, keys: Sequence[Mapping[str, str]]) -> list[dict[str, Value]]:
    """Return those items that are there.

    Raises:
        Refusal: ``busy``, when the table left reads undone three times in a row.
    """
    found: list[dict[str, Value]] = []
    for start in range(0, len(keys), _AT_ONCE):
        found += _hundred(table_name, keys[start : start + _AT_ONCE])
    return found


def _hundred(table_name: str, keys: Sequence[Mapping[str, str]]) -> list[dict[str, Value]]:
    wanted: list[Item] = [to_item(key) for key in keys]
    found: list[dict[str, Value]] = []
    for _ in range(_TRIES):
        answer = clients.dynamodb().batch_get_item(
            RequestItems={table_name: {"Keys": wanted, "ConsistentRead": True}}
        )
        found += [from_item(item) for item in answer["Responses"].get(table_name, [])]
        left = answer.get("UnprocessedKeys", {}).get(table_name)
        if not left:
            return found
        wanted = list(left["Keys"])
    raise Refusal("busy", retry_after=RETRY_AFTER)
