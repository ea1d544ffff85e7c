"""Lets DynamoDB copy its items quickly: `copy.deepcopy` looks up how to copy each value.

MiniStack copies an item several times for each write, a twelfth of what the local AWS did. Items
and what stands around them are dictionaries, lists and plain values.
"""

import copy
from types import SimpleNamespace
from typing import Any

_PLAIN = (str, int, float, bool, bytes, type(None))


def mend() -> None:
    """Put the mend in MiniStack's place."""
    from ministack.services import dynamodb  # noqa: PLC0415 (its import starts threads)

    dynamodb.copy = SimpleNamespace(copy=copy.copy, deepcopy=copied)


def copied(value: Any) -> Any:
    """Return a copy that shares nothing with the value that could change."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {name: copied(one) for name, one in value.items()}
    if kind is list:
        return [copied(one) for one in value]
    return copy.deepcopy(value)
