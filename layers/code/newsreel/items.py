"""Turns Python values into DynamoDB's attribute values and back, the same way for every table.

Numbers come back as ``int`` where they are whole and as ``float`` otherwise; floats are stored
through their shortest decimal form, because boto3 refuses binary floats.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias, cast

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Value: TypeAlias = "bool | int | float | str | bytes | list[Value] | dict[str, Value] | None"
Item: TypeAlias = "dict[str, AttributeValueTypeDef]"

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


def to_value(value: object) -> "AttributeValueTypeDef":
    """Return one attribute value, such as ``{"S": "x"}``."""
    return _serializer.serialize(_storable(value))


def to_item(values: Mapping[str, object]) -> Item:
    """Return an item; entries that are ``None`` are left out, as keys of a sparse index must be."""
    return {name: to_value(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, object]) -> dict[str, Value]:
    """Return the Python values of an item as DynamoDB answered it."""
    return {
        name: _readable(_deserializer.deserialize(cast("AttributeValueTypeDef", value)))
        for name, value in item.items()
    }


def _storable(value: object) -> object:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {key: _storable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(entry) for entry in value]
    return value


def _readable(value: object) -> Value:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Binary):
        return bytes(value)  # type: ignore[call-overload,no-any-return]
    if isinstance(value, dict):
        return {key: _readable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_readable(entry) for entry in value]
    return cast("Value", value)
