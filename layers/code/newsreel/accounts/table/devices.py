"""Devices: browsers that an account has seen under its present epoch."""

from typing import TYPE_CHECKING

from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import device_pk
from newsreel.aws.items import to_item
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def put(
    table: AccountsTable, account_id: str, device_hash: str, *, epoch: int, now: int
) -> "TransactWriteItemTypeDef":
    """Return the entry that makes a browser known to an account."""
    values = {
        **device_pk(account_id, device_hash),
        "entity": "device",
        "epoch": epoch,
        "seen_at": now,
        "ttl": now + POLICY.session.device_life,
    }
    return {"Put": {"TableName": table.name, "Item": to_item(values)}}
