"""Closings: accounts whose deletion has begun or ended today, and the entries that delete one.

A marker puts each on the list ``CLOSING`` of the sparse index ``work``, apart from the account's
own item, whose place in the index is that of a subscriber.
"""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.records import Account, Session
from newsreel.accounts.table import sessions
from newsreel.accounts.table.accounts import KEYS_END
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import (
    account_id_in,
    account_partition,
    account_pk,
    closing_pk,
    email_reservation_pk,
    notice_pk,
    session_pk,
)
from newsreel.aws.items import Value, from_item, to_item
from newsreel.aws.transactions import ConditionFailed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, TransactWriteItemTypeDef

_LIST = "CLOSING"
LAST_NOTICE = "last"
"""The id of the notice that an account was deleted: one, however often its deletion goes on."""
LAST = (notice_pk("", LAST_NOTICE)["sk"], closing_pk("")["sk"])
"""What is left of an account until that notice is sent, and the schedule has looked again."""
_AT_ONCE = 100
"""Entries of one transaction."""


def begin(
    table: AccountsTable, before: Account, after: Account, own: Session | None
) -> "list[TransactWriteItemTypeDef]":
    """Return the entries that end all but one session, and put the account on the list.

    They are lost if the epoch has changed, or that session has ended.
    """
    kept = {} if own is None else {own.session_hash: [1, own.expires_at]}
    values = {
        ":now": after.closing_at,
        ":next": after.epoch,
        ":list": kept,
        ":no": False,
        ":one": 1,
        ":epoch": before.epoch,
    }
    entries = [
        table.update(
            account_pk(before.account_id),
            "SET closing_at = :now, epoch = :next, flows_void_until = :now, session_list = :list,"
            f" newsletter = :no, {KEYS_END} REMOVE #work, #at, email_change",
            values,
            condition="epoch = :epoch",
            names={"#work": "work", "#at": "at"},
        ),
        _marker(table, after),
    ]
    if own is not None:
        entries.append(
            table.update(
                session_pk(own.account_id, own.session_hash),
                "SET epoch = :next",
                {":next": after.epoch, ":epoch": before.epoch},
                condition="epoch = :epoch",
            )
        )
    return entries


def _marker(table: AccountsTable, account: Account) -> "TransactWriteItemTypeDef":
    item = {
        **closing_pk(account.account_id),
        "entity": "closing",
        "account_id": account.account_id,
        "work": _LIST,
        "at": account.closing_at,
    }
    return {"Put": {"TableName": table.name, "Item": to_item(item)}}


def kept_until_the_end(own_session_hash: str | None) -> tuple[str, ...]:
    """Return the sort keys that ``erase`` leaves to ``end``: with them the deletion can go on."""
    own = () if own_session_hash is None else (session_pk("", own_session_hash)["sk"],)
    return ("ACCOUNT", *LAST, *own)


def erase(
    table: AccountsTable, account_id: str, *, keep: Collection[str]
) -> tuple[EmailAddress, ...]:
    """Delete all items of an account but those whose sort keys begin like this.

    An address that it had before, and that is held for it, is let go first, and returned.

    Raises:
        Refusal: ``busy``.
    """
    former: list[EmailAddress] = []
    for page in _pages(table, account_id):
        gone = [item for item in page if not str(item["sk"]).startswith(tuple(keep))]
        for item in gone:
            if item["sk"] == "UNDO" and "email" in item:
                former.append(EmailAddress(str(item["email"])))
                _let_go(table, former[-1], account_id)
        for start in range(0, len(gone), _AT_ONCE):
            some = gone[start : start + _AT_ONCE]
            table.write(
                *(table.delete({"pk": str(one["pk"]), "sk": str(one["sk"])}) for one in some)
            )
    return tuple(former)


def end(
    table: AccountsTable, account: Account, own: Session | None
) -> "list[TransactWriteItemTypeDef]":
    """Return the entries that take what is left; lost if the account changed since it was read.

    The marker stays, so that the schedule looks once more.
    """
    entries: list[TransactWriteItemTypeDef] = [
        _delete_if(table, account_pk(account.account_id), "epoch", account.epoch),
        _delete_if(
            table, email_reservation_pk(account.email.hash), "account_id", account.account_id
        ),
    ]
    if own is not None:
        entries.append(sessions.delete(table, own.account_id, own.session_hash))
    return entries


def take_off(table: AccountsTable, account_id: str) -> None:
    """Take an account off the list, once nothing more can be written for it."""
    table.write(table.delete(closing_pk(account_id)))


def begun_before(table: AccountsTable, before: int) -> list[str]:
    """Return the accounts whose deletion began before a moment, and was not looked at since."""
    query: QueryInputTypeDef = {
        "TableName": table.name,
        "IndexName": "work",
        "KeyConditionExpression": "#work = :list AND #at < :before",
        "ExpressionAttributeNames": {"#work": "work", "#at": "at"},
        "ExpressionAttributeValues": to_item({":list": _LIST, ":before": before}),
    }
    return [account_id_in(item["pk"]["S"]) for page in table.pages(query) for item in page]


def _pages(table: AccountsTable, account_id: str) -> Iterator[list[dict[str, Value]]]:
    query: QueryInputTypeDef = {
        "TableName": table.name,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": to_item({":pk": account_partition(account_id)}),
        "ProjectionExpression": "pk, sk, email",
        "ConsistentRead": True,
    }
    for page in table.pages(query):
        yield [from_item(item) for item in page]


def _let_go(table: AccountsTable, address: EmailAddress, account_id: str) -> None:
    try:
        pk = email_reservation_pk(address.hash)
        table.write(_delete_if(table, pk, "held_for", account_id))
    except ConditionFailed:
        return  # it was taken since by somebody else


def _delete_if(
    table: AccountsTable, pk: dict[str, str], attribute: str, value: object
) -> "TransactWriteItemTypeDef":
    return {
        "Delete": {
            "TableName": table.name,
            "Key": to_item(pk),
            "ConditionExpression": "#attribute = :value",
            "ExpressionAttributeNames": {"#attribute": attribute},
            "ExpressionAttributeValues": to_item({":value": value}),
        }
    }
