"""Access keys: what programs of an account send instead of a session, each under its hash."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.accounts.credential_records import AccessKey
from newsreel.accounts.records import Account
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import (
    ACCESS_KEYS,
    access_key_pk,
    account_partition,
    account_pk,
)
from newsreel.aws.items import Value, to_item
from newsreel.aws.transactions import condition_failure
from newsreel.aws.transient_errors import is_transient

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

CHECKED = ("pk", "sk", "key_epoch", "made_under", "scopes", "last_used_at")
"""What is read to check a key; a test compares it with the role of ``catalogue``."""


def put_new(table: AccountsTable, key: AccessKey) -> "TransactWriteItemTypeDef":
    """Return the entry that stores a key."""
    return table.put_new(access_key_pk(key.account_id, key.key_hash), "access_key", key)


def count_new(table: AccountsTable, account: Account) -> "TransactWriteItemTypeDef":
    """Return the entry that numbers a key, lost if another was made since the account was read.

    It is lost after the epoch has changed, too.
    """
    seen = account.keys_made
    absent = "attribute_not_exists(keys_made) OR " if seen == 0 else ""
    return table.update(
        account_pk(account.account_id),
        "SET keys_made = :next",
        {":next": seen + 1, ":seen": seen, ":epoch": account.epoch},
        condition=f"epoch = :epoch AND ({absent}keys_made = :seen)",
    )


def list_all(table: AccountsTable, account_id: str, beginning: str = "") -> list[AccessKey]:
    """Return an account's keys, invalid ones included; ``beginning`` is that of their hashes."""
    items = table.query(account_partition(account_id), f"{ACCESS_KEYS}{beginning}")
    return [AccessKey.read(values) for values in items]


def delete(table: AccountsTable, key: AccessKey) -> "TransactWriteItemTypeDef":
    """Return the entry that ends a key; ending it twice is no error."""
    return table.delete(access_key_pk(key.account_id, key.key_hash))


def end(table: AccountsTable, key: AccessKey) -> "TransactWriteItemTypeDef":
    """Return the entry that ends a key, lost if it has ended."""
    return {
        "Delete": {
            "TableName": table.name,
            "Key": to_item(access_key_pk(key.account_id, key.key_hash)),
            "ConditionExpression": "attribute_exists(pk)",
        }
    }


def read_with_account(
    table: AccountsTable, account_id: str, key_hash: str, *, names: Sequence[str] = ()
) -> tuple[dict[str, Value], dict[str, Value]] | None:
    """Return an account's values and those of a key, read together, or None."""
    at_account, at_key = account_pk(account_id), access_key_pk(account_id, key_hash)
    items = table.get_together(at_account, at_key, names=names)
    account = items.get((at_account["pk"], at_account["sk"]))
    key = items.get((at_key["pk"], at_key["sk"]))
    return None if account is None or key is None else (account, key)


def store_last_use(table: AccountsTable, account_id: str, key_hash: str, *, now: int) -> None:
    """Store a key's last use, unless it was ended meanwhile; a busy table may miss it."""
    try:
        table.client.update_item(
            TableName=table.name,
            Key=to_item(access_key_pk(account_id, key_hash)),
            UpdateExpression="SET last_used_at = :now",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues=to_item({":now": now}),
        )
    except ClientError as error:
        if not is_transient(error):
            condition_failure(error)
