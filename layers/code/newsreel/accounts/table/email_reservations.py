"""E-mail reservations: which account an address belongs to, at most one."""

from typing import TYPE_CHECKING

from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.table.base import ABSENT, AccountsTable
from newsreel.accounts.table.keys import email_reservation_pk
from newsreel.aws.items import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def put_new(
    table: AccountsTable, address: EmailAddress, account_id: str
) -> "TransactWriteItemTypeDef":
    """Return the entry that gives an address to an account, lost if another account has it."""
    item = to_item(
        {
            **email_reservation_pk(address.hash),
            "entity": "email_reservation",
            "account_id": account_id,
        }
    )
    return {"Put": {"TableName": table.name, "Item": item, "ConditionExpression": ABSENT}}


def read(table: AccountsTable, address_hash: str) -> str | None:
    """Return the id of the account that an address belongs to, or None."""
    values = table.get(email_reservation_pk(address_hash))
    return str(values["account_id"]) if values else None
