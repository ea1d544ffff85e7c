"""Decides which session a browser has once every other one ends: a new one in place of its own.

A new token after each password that was entered (OWASP ASVS 5.0, 7.2.4).
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from newsreel.accounts import sessions
from newsreel.accounts.current_password import Proved
from newsreel.accounts.records import Account
from newsreel.accounts.sessions import NewSession
from newsreel.accounts.table import devices as device_items
from newsreel.accounts.table import sessions as session_items
from newsreel.accounts.table.base import AccountsTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def renew(proved: Proved, after: Account, *, now: int) -> NewSession:
    """Return a session for the account as it will be, as long-lived as the browser's own."""
    new_session = sessions.create_session(
        after, proved.browser, proved.device_token, keep=proved.session.keep, now=now
    )
    session = replace(new_session.session, browser=proved.session.browser)
    return replace(new_session, session=session)


def entries(
    table: AccountsTable, proved: Proved, renewed: NewSession, *, now: int
) -> "list[TransactWriteItemTypeDef]":
    """Return the entries that put the new session in place of the browser's, and keep it known."""
    session = renewed.session
    device = proved.device_hash()
    return [
        session_items.put(table, session),
        session_items.delete(table, session.account_id, proved.session.session_hash),
        device_items.put(table, session.account_id, device, epoch=session.epoch, now=now),
    ]
