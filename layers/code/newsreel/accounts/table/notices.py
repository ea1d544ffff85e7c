"""Notices: mails to an account's owner outside any flow; the stream takes them from here."""

from typing import TYPE_CHECKING

from newsreel.accounts.records import MailState, Notice
from newsreel.accounts.table import mail_state
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import notice_pk
from newsreel.policy import DAY, POLICY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def put(table: AccountsTable, notice: Notice) -> "TransactWriteItemTypeDef":
    """Return the entry that asks for a notice."""
    return table.put(
        key_of(notice), "notice", notice, ttl=notice.requested_at + POLICY.retention.notices
    )


def put_last(table: AccountsTable, notice: Notice) -> "TransactWriteItemTypeDef":
    """Return the entry that asks for the notice of an account that is deleted with it.

    It is deleted once it was sent; TTL only takes one that could not be.
    """
    return table.put(
        key_of(notice),
        "notice",
        notice,
        ttl=notice.requested_at + POLICY.delivery.notice_waits + DAY,
    )


def claim(table: AccountsTable, notice: Notice) -> bool:
    """Mark a notice as being sent; False if it was sent or dropped before."""
    return mail_state.claim(table, key_of(notice))


def close(table: AccountsTable, notice: Notice, state: MailState) -> "TransactWriteItemTypeDef":
    """Return the entry that says what became of a notice; one with an address is deleted."""
    if notice.email is not None:
        return table.delete(key_of(notice))
    return mail_state.close(table, key_of(notice), state)


def key_of(notice: Notice) -> dict[str, str]:
    """Return the primary key of a notice."""
    return notice_pk(notice.account_id, notice.notice_id)
