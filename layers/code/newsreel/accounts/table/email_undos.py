"""E-mail undos: changes of an address that can be undone, at most one of an account."""

from typing import TYPE_CHECKING

from newsreel.accounts.credential_records import EmailUndo
from newsreel.accounts.table.base import ABSENT, AccountsTable
from newsreel.accounts.table.keys import email_undo_pk
from newsreel.aws.items import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def put_new(table: AccountsTable, undo: EmailUndo, *, now: int) -> "TransactWriteItemTypeDef":
    """Return the entry that lets a change be undone, lost if an earlier one still can be."""
    pk = email_undo_pk(undo.account_id)
    entry = table.put_new(pk, "email_undo", undo, ttl=undo.until)
    entry["Put"]["ConditionExpression"] = f"{ABSENT} OR #until <= :now"
    entry["Put"]["ExpressionAttributeNames"] = {"#until": "until"}
    entry["Put"]["ExpressionAttributeValues"] = to_item({":now": now})
    return entry


def read(table: AccountsTable, account_id: str) -> EmailUndo | None:
    """Return the change of an account's address that was the last to be undoable, or None."""
    values = table.get(email_undo_pk(account_id))
    return EmailUndo.read(values) if values else None


def use(table: AccountsTable, undo: EmailUndo, *, now: int) -> "TransactWriteItemTypeDef":
    """Return the entry that uses an undo up, lost if it was used, replaced or is over."""
    return {
        "Delete": {
            "TableName": table.name,
            "Key": to_item(email_undo_pk(undo.account_id)),
            "ConditionExpression": "#change = :change AND #until > :now",
            "ExpressionAttributeNames": {"#change": "change", "#until": "until"},
            "ExpressionAttributeValues": to_item({":change": undo.change, ":now": now}),
        }
    }
