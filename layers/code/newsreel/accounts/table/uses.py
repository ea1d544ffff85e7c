"""Uses: until when an account counts as used, and the day on which it is looked at again.

That day is a list of the sparse index ``work``, so that the daily schedule reads those accounts
alone. Each log-in moves its account to a later day.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import account_id_in, account_partition, use_pk
from newsreel.aws.items import from_item, to_item
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, TransactWriteItemTypeDef


_NAMES = ("pk", "sk", "used_until", "warned_at")


@dataclass(frozen=True, slots=True)
class Use:
    """Until when an account was used, as far as is known, and when its owner was warned."""

    account_id: str
    used_until: int
    warned_at: int = 0

    @property
    def due(self) -> int:
        """Return when it is looked at next: to warn its owner, then to delete it."""
        policy = POLICY.retention
        end = self.used_until + policy.unused
        return (
            max(end, self.warned_at + policy.unused_notice)
            if self.warned_at
            else (end - policy.unused_notice)
        )


def put(table: AccountsTable, account_id: str, used_until: int) -> "TransactWriteItemTypeDef":
    """Return the entry that notes a use; a warning before it is forgotten."""
    return {"Put": {"TableName": table.name, "Item": to_item(_values(Use(account_id, used_until)))}}


def replace(table: AccountsTable, before: Use, after: Use) -> "TransactWriteItemTypeDef":
    """Return the entry that replaces what was noted, lost if the account was used meanwhile."""
    return {
        "Put": {
            "TableName": table.name,
            "Item": to_item(_values(after)),
            "ConditionExpression": "used_until = :used AND warned_at = :warned",
            "ExpressionAttributeValues": to_item(
                {":used": before.used_until, ":warned": before.warned_at}
            ),
        }
    }


def read(table: AccountsTable, account_id: str) -> Use | None:
    """Return what is noted of an account."""
    pk = use_pk(account_id)
    # Names what it reads: the role of the schedule may read no password's hash.
    values = table.get_together(pk, names=_NAMES).get((pk["pk"], pk["sk"]))
    if values is None:
        return None
    return Use(account_id, int(str(values["used_until"])), int(str(values["warned_at"])))


def due_on(table: AccountsTable, day: str) -> list[str]:
    """Return the accounts that are to be looked at on a day (``2026-02-14``)."""
    query: QueryInputTypeDef = {
        "TableName": table.name,
        "IndexName": "work",
        "KeyConditionExpression": "#work = :list",
        "ExpressionAttributeNames": {"#work": "work"},
        "ExpressionAttributeValues": to_item({":list": _list_of(day)}),
    }
    return [account_id_in(item["pk"]["S"]) for page in table.pages(query) for item in page]


def last_use(table: AccountsTable, account_id: str) -> int:
    """Return when a session or an access key of an account was last used, 0 if none was."""
    query: QueryInputTypeDef = {
        "TableName": table.name,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": to_item({":pk": account_partition(account_id)}),
        "ProjectionExpression": "last_used_at",
        "ConsistentRead": True,
    }
    found = (from_item(item) for page in table.pages(query) for item in page)
    return max((int(str(values.get("last_used_at", 0))) for values in found), default=0)


def _values(use: Use) -> dict[str, object]:
    return {
        **use_pk(use.account_id),
        "entity": "use",
        "account_id": use.account_id,
        "used_until": use.used_until,
        "warned_at": use.warned_at,
        "work": _list_of(clock.rfc3339(use.due)[:10]),
        "at": use.due,
    }


def _list_of(day: str) -> str:
    return f"UNUSED#{day}"
