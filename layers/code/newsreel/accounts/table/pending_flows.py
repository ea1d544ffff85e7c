"""Pending flows: which flows of an address are open, by the sparse index ``work``, newest first.

The list is named by the SHA-256 of the address, like its reservation. The index is behind by
moments and holds keys alone; a caller that acts on a flow reads it and makes its write conditional.
"""

from newsreel.accounts.codes import Purpose
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.items import to_item

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
    answer = table.client.query(
        TableName=table.name,
        IndexName=_INDEX,
        KeyConditionExpression="#work = :list",
        ExpressionAttributeNames={"#work": _INDEX},
        ExpressionAttributeValues=to_item({":list": _list_of(address_hash)}),
        ScanIndexForward=False,
        Limit=_MOST,
    )
    keys = (str(item["pk"]["S"]).partition("#") for item in answer["Items"])
    return [(_PURPOSES[purpose], flow_hash) for purpose, _, flow_hash in keys]


def _list_of(address_hash: str) -> str:
    return f"PENDING#{address_hash}"
