"""E-mail reservations: which account an address belongs to, at most one.

The address that an account had before stays reserved for as long as that change can be undone: it
belongs to no account then, and nobody else can take it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel.accounts.credential_records import EmailUndo
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.table.base import ABSENT, AccountsTable
from newsreel.accounts.table.keys import email_reservation_pk
from newsreel.aws.items import Item, Value, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


@dataclass(frozen=True, slots=True)
class Holder:
    """What an address belongs to: an account, or a change of address that can be undone."""

    account_id: str = ""
    undo: EmailUndo | None = None


def put_new(
    table: AccountsTable, address: EmailAddress, account_id: str, *, now: int
) -> "TransactWriteItemTypeDef":
    """Return the entry that gives an address to an account, lost if it belongs to another.

    TTL deletes late, so an address that was held may still be there.
    """
    item = _item(address, {"account_id": account_id})
    return {
        "Put": {
            "TableName": table.name,
            "Item": item,
            "ConditionExpression": f"{ABSENT} OR held_until <= :now",
            "ExpressionAttributeValues": to_item({":now": now}),
        }
    }


def hold(table: AccountsTable, undo: EmailUndo) -> "TransactWriteItemTypeDef":
    """Return the entry that keeps the address that an account had, lost if it is not its own."""
    held = {
        "held_for": undo.account_id,
        "held_until": undo.until,
        "change": undo.change,
        "key_id": undo.key_id,
        "ttl": undo.until,
    }
    return _put_if(table, undo.email, held, "account_id", undo.account_id)


def give_back(table: AccountsTable, undo: EmailUndo) -> "TransactWriteItemTypeDef":
    """Return the entry that gives an account the address back that it had."""
    return _put_if(table, undo.email, {"account_id": undo.account_id}, "held_for", undo.account_id)


def release(
    table: AccountsTable, address: EmailAddress, account_id: str
) -> "TransactWriteItemTypeDef":
    """Return the entry that frees an account's address, lost if it belongs to another."""
    return {
        "Delete": {
            "TableName": table.name,
            "Key": to_item(email_reservation_pk(address.hash)),
            "ConditionExpression": "account_id = :account",
            "ExpressionAttributeValues": to_item({":account": account_id}),
        }
    }


def read(table: AccountsTable, address_hash: str) -> str | None:
    """Return the id of the account that an address belongs to, or None."""
    return account_of(table.get(email_reservation_pk(address_hash)))


def read_holder(table: AccountsTable, address: EmailAddress, *, now: int) -> Holder:
    """Return what an address belongs to, in one call like ``read``."""
    values = table.get(email_reservation_pk(address.hash)) or {}
    if "held_for" not in values:
        return Holder(account_of(values) or "")
    until = int(str(values["held_until"]))
    if until <= now:
        return Holder()
    undo = EmailUndo(
        account_id=str(values["held_for"]),
        email=address,
        change=str(values["change"]),
        key_id=str(values["key_id"]),
        until=until,
    )
    return Holder(undo=undo)


def account_of(values: dict[str, Value] | None) -> str | None:
    """Return the account of a reservation as it is stored; None without one, or a held address."""
    return str(values["account_id"]) if values and "account_id" in values else None


def _put_if(
    table: AccountsTable,
    address: EmailAddress,
    values: dict[str, object],
    attribute: str,
    account_id: str,
) -> "TransactWriteItemTypeDef":
    return {
        "Put": {
            "TableName": table.name,
            "Item": _item(address, values),
            "ConditionExpression": f"{attribute} = :account",
            "ExpressionAttributeValues": to_item({":account": account_id}),
        }
    }


def _item(address: EmailAddress, values: dict[str, object]) -> Item:
    pk = email_reservation_pk(address.hash)
    return to_item({**pk, "entity": "email_reservation", **values})
