"""Turns Python values into DynamoDB's attribute values and back, the same way for every table.

Numbers come back as ``int`` if they are whole and as ``float`` otherwise; floats are stored in
their shortest decimal form. boto3's own serializer makes a ``Decimal`` of every number and tests
each value for all ten types by name, which took a third of a request's processor time. Sets are not
supported: no table uses them.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        QueryInputTypeDef,
        QueryOutputTypeDef,
    )

Value: TypeAlias = "bool | int | float | str | bytes | list[Value] | dict[str, Value] | None"
Item: TypeAlias = "dict[str, AttributeValueTypeDef]"


def answers(client: "DynamoDBClient", query: "QueryInputTypeDef") -> "Iterator[QueryOutputTypeDef]":
    """Yield every answer to a query: one holds 1 MB at most, and none more is asked for unread."""
    while True:
        answer = client.query(**query)
        yield answer
        if "LastEvaluatedKey" not in answer:
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def to_value(value: object) -> "AttributeValueTypeDef":  # noqa: PLR0911 - one line a type
    """Return one attribute value, such as ``{"S": "x"}``.

    Raises:
        TypeError: DynamoDB has no type for the value.
    """
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return {"N": str(value)}
    if value is None:
        return {"NULL": True}
    if isinstance(value, Mapping):
        return {"M": {name: to_value(entry) for name, entry in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [to_value(entry) for entry in value]}
    if isinstance(value, bytes):
        return {"B": value}
    raise TypeError(f"DynamoDB keeps no {type(value).__name__}")


def to_item(values: Mapping[str, object]) -> Item:
    """Return an item without its ``None`` values, because a sparse index requires absent keys."""
    return {name: to_value(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, object]) -> dict[str, Value]:
    """Return the Python values of an item from a DynamoDB answer."""
    values = cast("dict[str, Mapping[str, object]]", item)
    return {name: _from_value(value) for name, value in values.items()}


def _from_value(value: Mapping[str, object]) -> Value:
    # The commonest kinds first: every attribute of every item that is read goes through here.
    [(kind, content)] = value.items()
    if kind == "S":
        return cast("str", content)
    if kind == "N":
        return _number(cast("str", content))
    if kind == "M":
        return from_item(cast("Mapping[str, object]", content))
    if kind == "L":
        return [_from_value(entry) for entry in cast("list[Mapping[str, object]]", content)]
    if kind == "NULL":
        return None
    if kind in {"BOOL", "B"}:
        return cast("bool | bytes", content)
    raise TypeError(f"no value of type {kind} was ever stored here")


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return int(number) if number.is_integer() else number
