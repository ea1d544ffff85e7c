"""What the operator changes of an account: entries that neither read nor write a secret."""

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from newsreel.accounts.records import Account
from newsreel.accounts.table.accounts import KEYS_END
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import account_partition, account_pk
from newsreel.aws.items import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, TransactWriteItemTypeDef

Entry: TypeAlias = "TransactWriteItemTypeDef"


def end_everything(table: AccountsTable, account: Account, *, now: int) -> Entry:
    """Return the entry that ends sessions, links and flows, lost if the epoch has changed."""
    return table.update(
        account_pk(account.account_id),
        "SET epoch = epoch + :one, flows_void_until = :now, session_list = :empty",
        {":one": 1, ":now": now, ":empty": {}, ":epoch": account.epoch},
        condition="epoch = :epoch",
    )


def require_reset(table: AccountsTable, account: Account, *, now: int) -> Entry:
    """Return the entry that also ends access keys, and makes the password worthless."""
    return table.update(
        account_pk(account.account_id),
        "SET epoch = epoch + :one, flows_void_until = :now, session_list = :empty,"
        f" reset_required_at = :now, {KEYS_END} REMOVE email_change",
        {":one": 1, ":now": now, ":empty": {}, ":epoch": account.epoch},
        condition="epoch = :epoch",
    )


def set_role(table: AccountsTable, account: Account, role: str) -> Entry:
    """Return the entry that gives or takes a role, lost if the account is gone."""
    return table.update(
        account_pk(account.account_id),
        "SET #role = :role",
        {":role": role},
        condition="attribute_exists(pk)",
        names={"#role": "role"},
    )


def count_kinds(table: AccountsTable, account_id: str) -> dict[str, int]:
    """Return how many items of each kind are kept of an account."""
    query: QueryInputTypeDef = {
        "TableName": table.name,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": to_item({":pk": account_partition(account_id)}),
        "ProjectionExpression": "entity",
        "ConsistentRead": True,
    }
    kinds = (str(item["entity"]["S"]) for page in table.pages(query) for item in page)
    return dict(Counter(kinds))
