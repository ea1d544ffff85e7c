"""The list of an account's sessions in the account's own item: what a log-in and a log-out change.

It is a map from a session's key to its number and to when it ends at the latest, so that log-ins at
the same moment do not meet unless it is full.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from newsreel.accounts.records import Session
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import account_pk
from newsreel.aws.items import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class ListUpdate(NamedTuple):
    """The parts of an update expression that change the list."""

    assignment: str
    removal: str
    condition: str
    names: Mapping[str, str] | None
    values: Mapping[str, object]


class ListChange(NamedTuple):
    """A session that is added, and those that are taken off for it."""

    added: Session
    number: int
    gone: Sequence[str]
    exists: bool
    """Whether the account has a list; one of an older release has none."""
    most: int

    def update(self) -> ListUpdate:
        """Return the change as an update, lost if the list would grow beyond its limit."""
        entry = [self.number, self.added.expires_at]
        if not self.exists:
            return ListUpdate(
                assignment="session_list = :list",
                removal="",
                condition="attribute_not_exists(session_list)",
                names=None,
                values={":list": {self.added.session_hash: entry}},
            )
        names = {f"#gone{index}": one for index, one in enumerate(self.gone)}
        paths = [f"session_list.{name}" for name in names]
        conditions = [f"attribute_exists({path})" for path in paths]
        return ListUpdate(
            assignment="session_list.#new = :entry",
            removal=f" REMOVE {', '.join(paths)}" if paths else "",
            condition=" AND ".join(["size(session_list) <= :size", *conditions]),
            names={"#new": self.added.session_hash, **names},
            values={":entry": entry, ":size": self.most - 1 + len(paths)},
        )


def take_off(
    table: AccountsTable, account_id: str, session_hashes: Sequence[str]
) -> "TransactWriteItemTypeDef":
    """Return the entry that takes sessions off the list, lost if the account has none."""
    names = {f"#gone{index}": one for index, one in enumerate(session_hashes)}
    return {
        "Update": {
            "TableName": table.name,
            "Key": to_item(account_pk(account_id)),
            "UpdateExpression": f"REMOVE {', '.join(f'session_list.{name}' for name in names)}",
            "ConditionExpression": "attribute_exists(session_list)",
            "ExpressionAttributeNames": names,
        }
    }
