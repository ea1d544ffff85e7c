"""Decides what a request names, for the conditions of our policies; MiniStack looks at less.

Without a key that a condition asks for, `ForAllValues` is met by everything and `StringEquals` by
nothing: a function could read every account, or send no mail at all. What AWS supplies:

- `dynamodb:LeadingKeys`, the partition keys, and `dynamodb:Attributes`, what a request names; in a
  transaction those of each item, which is allowed or refused on its own; `dynamodb:ReturnValues`
  (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html);
- `ses:FromAddress`; a mail needs its sender's identity and its configuration set
  (https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Context: TypeAlias = dict[str, list[str] | str]
PartitionKey: TypeAlias = Callable[[str, str], str]
"""Gives the name of the partition key of a table, or of an index of it, if one is named."""
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


def of_tables(request: Request, partition_key: PartitionKey) -> dict[str, Context]:
    """Return what a request that is no transaction names, by table; a batch may name several."""
    if "TableName" in request:
        table = _bare(request["TableName"])
        key = partition_key(table, str(request.get("IndexName", "")))
        return {table: _of_one(request, key)}
    batches: Request = request.get("RequestItems", {})
    return {
        _bare(name): _of_batch(entries, partition_key(_bare(name), ""))
        for name, entries in batches.items()
    }


def of_transaction(
    request: Request, partition_key: PartitionKey
) -> Iterator[tuple[str, str, Context]]:
    """Yield for each item of a transaction its action, its table and what it names."""
    for entry in request.get("TransactItems", []):
        for kind, one in entry.items():
            table = _bare(one["TableName"])
            yield TRANSACTED[kind], table, _of_one(one, partition_key(table, ""))


def sender(source: str) -> str:
    """Return the bare address of a sender, which may have a name before it."""
    return source.rpartition("<")[2].rstrip("> ").strip()


def _of_one(request: Request, partition_key: str) -> Context:
    items = [request[name] for name in ("Key", "Item") if name in request]
    told = _told(items, set(_named(request)), partition_key)
    if "ReturnValues" in request:
        told["dynamodb:ReturnValues"] = str(request["ReturnValues"])
    if condition := request.get("KeyConditionExpression"):
        told["dynamodb:LeadingKeys"] = list(_queried(request, str(condition), partition_key))
    return told


def _of_batch(entries: Request | Sequence[Request], partition_key: str) -> Context:
    """Return what one part of a batch names; a read says whether it takes all attributes."""
    items = list(_batched(entries))
    if not isinstance(entries, Mapping):
        return _told(items, set(), partition_key)
    told = _told(items, set(_named(entries)), partition_key)
    takes_some = "ProjectionExpression" in entries
    return {**told, "dynamodb:Select": "SPECIFIC_ATTRIBUTES" if takes_some else "ALL_ATTRIBUTES"}


def _told(items: Sequence[Request], named: set[str], partition_key: str) -> Context:
    keys = [_text(item[partition_key]) for item in items if partition_key in item]
    attributes = sorted(named.union(*items))
    found: Context = {"dynamodb:LeadingKeys": keys, "dynamodb:Attributes": attributes}
    return {name: values for name, values in found.items() if values}


def _batched(entries: Request | Sequence[Request]) -> Iterator[Request]:
    """Yield the keys of a batch of reads, or the keys and items of a batch of writes."""
    if isinstance(entries, Mapping):
        yield from entries["Keys"]
        return
    for entry in entries:
        for one in entry.values():
            yield one.get("Item") or one["Key"]


def _queried(request: Request, condition: str, partition_key: str) -> Iterator[str]:
    names = request.get("ExpressionAttributeNames", {})
    values = request.get("ExpressionAttributeValues", {})
    for name, value in _EQUALS.findall(condition):
        if names.get(name, name) == partition_key:
            yield _text(values[value])


def _named(request: Request) -> Iterator[str]:
    names = request.get("ExpressionAttributeNames", {})
    for expression in ("ProjectionExpression", "UpdateExpression", "ConditionExpression"):
        for word in _WORD.findall(request.get(expression, "")):
            if word not in _SYNTAX:
                yield names.get(word, word)


def _text(value: Request) -> str:
    """Return a value without its type, as it stands on the wire: `{"S": "x"}` is `x`."""
    return str(next(iter(value.values())))


def _bare(table: str) -> str:
    """Return a table's name, which may be given as an ARN."""
    return table.rpartition("/")[2]
