"""Decides what a request names, for the conditions of our policies; MiniStack looks at less.

Without a key that a condition asks for, `ForAllValues` is met by everything and `StringEquals` by
nothing: a function could read every account, or send no mail at all. What AWS supplies:

- `dynamodb:LeadingKeys`, the partition keys, and `dynamodb:Attributes`, what a request names; in a
  transaction those of each item, which is allowed or refused on its own
  (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html);
- `ses:FromAddress`; a mail needs its sender's identity and its configuration set
  (https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Context: TypeAlias = dict[str, list[str]]
# What DynamoDB's wire holds, as json reads it.
Request: TypeAlias = Mapping[str, Any]

TRANSACTED = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "Get": "dynamodb:GetItem",
}
SENDING = frozenset({"ses:SendRawEmail", "ses:SendEmail"})
_SYNTAX = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN"}
_SYNTAX |= {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with"}
_SYNTAX |= {"contains", "if_not_exists", "list_append", "size"}
_WORD = re.compile(r"(?<![\w:#.])#?[A-Za-z]\w*")
_EQUALS = re.compile(r"(#?\w+)\s*=\s*(:\w+)")


class ItemAction(str):
    """The action on one item of a transaction, with what this item names."""

    __slots__ = ("context",)
    context: Context


class Resources(str):
    """A resource, with further ones that the same request needs its action on."""

    __slots__ = ("further",)
    further: tuple[str, ...]


def read(body: bytes) -> Request:
    """Return a request's body; an empty one for what is no object of JSON."""
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def of_items(request: Request, partition_key: str) -> Context:
    """Return what a request that is no transaction names; `partition_key` is its tables'."""
    keys: list[str] = []
    attributes: set[str] = set()
    for one in _items(request):
        keys += _leading(one, partition_key)
        attributes |= set(one)
    if condition := request.get("KeyConditionExpression"):
        keys += _queried(request, str(condition), partition_key)
    attributes |= set(_named(request))
    named = {"dynamodb:LeadingKeys": keys, "dynamodb:Attributes": sorted(attributes)}
    return {name: values for name, values in named.items() if values}


def of_transaction(request: Request, partition_key: str) -> Iterator[tuple[str, str, Context]]:
    """Yield for each item of a transaction its action, its table and what it names."""
    for entry in request.get("TransactItems", []):
        for kind, one in entry.items():
            yield TRANSACTED[kind], one["TableName"], of_items(one, partition_key)


def table_and_index(request: Request) -> tuple[str, str]:
    """Return the first table that a request names, and the index or nothing."""
    entries = request.get("TransactItems") or [{}]
    single = next(iter(entries[0].values()), request)
    batched = next(iter(request.get("RequestItems", {})), "")
    table = str(single.get("TableName", batched)).rpartition("/")[2]
    return table, str(request.get("IndexName", ""))


def sender(source: str) -> str:
    """Return the bare address of a sender, which may have a name before it."""
    return source.rpartition("<")[2].rstrip("> ").strip()


def _items(request: Request) -> Iterator[Request]:
    for name in ("Key", "Item"):
        if name in request:
            yield request[name]
    for entries in request.get("RequestItems", {}).values():
        if isinstance(entries, dict):
            yield from entries["Keys"]
        else:
            yield from (item for entry in entries for item in _written(entry))


def _written(entry: Request) -> Iterator[Request]:
    for one in entry.values():
        yield one.get("Item") or one["Key"]


def _leading(item: Request, partition_key: str) -> Sequence[str]:
    return [str(next(iter(item[partition_key].values())))] if partition_key in item else []


def _queried(request: Request, condition: str, partition_key: str) -> Iterator[str]:
    names = request.get("ExpressionAttributeNames", {})
    values = request.get("ExpressionAttributeValues", {})
    for name, value in _EQUALS.findall(condition):
        if names.get(name, name) == partition_key:
            yield str(next(iter(values[value].values())))


def _named(request: Request) -> Iterator[str]:
    names = request.get("ExpressionAttributeNames", {})
    for expression in ("ProjectionExpression", "UpdateExpression", "ConditionExpression"):
        for word in _WORD.findall(request.get(expression, "")):
            if word not in _SYNTAX:
                yield names.get(word, word)
