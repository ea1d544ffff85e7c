"""Pending flows: which flows of an address are open, by the sparse index ``work``, newest first.

The list is named by the SHA-256 of the address, like its reservation. The index is behind by
moments and holds keys alone; a caller that acts on a flow reads it and makes its write conditional.
"""

from typing import TYPE_CHECKING

from newsreel.accounts.codes import Purpose
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.items import to_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

    from newsreel.aws.items import Item

_INDEX = "work"
_MOST = 5
"""More flows than a person begins at once; a stranger who begins more in her name gains nothing."""
_PURPOSES: dict[str, Purpose] = {
    "REGISTRATION": "registration",
    "PASSWORD_RESET": "password_reset",
    "EMAIL_CHANGE": "email_change",
}

NAMES = {"#work": _INDEX, "#at": "at"}
"""The index's attributes, which DynamoDB keeps as reserved words."""
OFF_THE_LIST = ", ".join(NAMES)
"""What an update removes from a flow that is finished."""


def place(address_hash: str, started_at: int) -> dict[str, str | int]:
    """Return the attributes that put a flow on its address's list."""
    return {_INDEX: _list_of(address_hash), "at": started_at}


def newest(table: AccountsTable, address_hash: str) -> list[tuple[Purpose, str]]:
    """Return purpose and hash of the newest flows of an address that were open a moment ago."""
    query = _query(table, address_hash)
    query["ScanIndexForward"], query["Limit"] = False, _MOST
    return _named(table.client.query(**query)["Items"])


def all_of(table: AccountsTable, address_hash: str) -> list[tuple[Purpose, str]]:
    """Return purpose and hash of every flow of an address that was open a moment ago."""
    pages = table.pages(_query(table, address_hash))
    return [one for page in pages for one in _named(page)]


def name_of(partition: str) -> tuple[Purpose, str]:
    """Return purpose and hash of the flow that has a partition."""
    purpose, _, flow_hash = partition.partition("#")
    return _PURPOSES[purpose], flow_hash


def _query(table: AccountsTable, address_hash: str) -> "QueryInputTypeDef":
    return {
        "TableName": table.name,
        "IndexName": _INDEX,
        "KeyConditionExpression": "#work = :list",
        "ExpressionAttributeNames": {"#work": _INDEX},
        "ExpressionAttributeValues": to_item({":list": _list_of(address_hash)}),
    }


def _named(items: "Sequence[Item]") -> list[tuple[Purpose, str]]:
    return [name_of(str(item["pk"]["S"])) for item in items]


def _list_of(address_hash: str) -> str:
    return f"PENDING#{address_hash}"
