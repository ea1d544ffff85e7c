"""Notices: mails to an account's owner outside any flow; the stream takes them from here."""

from typing import TYPE_CHECKING

from newsreel.accounts.records import MailState, Notice
from newsreel.accounts.table import mail_state
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import notice_pk
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def put(table: AccountsTable, notice: Notice) -> "TransactWriteItemTypeDef":
    """Return the entry that asks for a notice."""
    return table.put(
        _pk(notice), "notice", notice, ttl=notice.requested_at + POLICY.retention.notices
    )


def claim(table: AccountsTable, notice: Notice) -> bool:
    """Mark a notice as being sent; False if it was sent or dropped before."""
    return mail_state.claim(table, _pk(notice))


def close(table: AccountsTable, notice: Notice, state: MailState) -> None:
    """Mark a notice as sent or dropped."""
    mail_state.close(table, _pk(notice), state)


def _pk(notice: Notice) -> dict[str, str]:
    return notice_pk(notice.account_id, notice.notice_id)
