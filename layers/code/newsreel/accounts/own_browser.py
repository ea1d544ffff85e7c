"""Decides which session a browser has once every other one ends: a new one in place of its own.

A new token after each password or code that was entered (OWASP ASVS 5.0, 7.2.4).
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from newsreel.accounts import devices, sessions
from newsreel.accounts.credential_records import EmailUndo
from newsreel.accounts.devices import Browser
from newsreel.accounts.records import Account, LogInFailures, Session
from newsreel.accounts.session_auth import SessionKey
from newsreel.accounts.sessions import NewSession
from newsreel.accounts.table import devices as device_items
from newsreel.accounts.table import sessions as session_items
from newsreel.accounts.table import signed_in
from newsreel.accounts.table.base import AccountsTable
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


@dataclass(frozen=True, slots=True)
class OwnBrowser:
    """The browser that a signed-in person sits at, with the account and the session."""

    account: Account
    session: Session
    browser: Browser
    device_token: str = field(repr=False)
    """The mark by which the account knows the browser; a new one if it does not."""
    failures: LogInFailures
    counter: str
    """Where the wrong passwords of this session are counted."""
    undo: EmailUndo | None
    """The last change of the account's address, if it can be undone."""


def find(table: AccountsTable, key: SessionKey, browser: Browser) -> OwnBrowser:
    """Return the browser of a session, by one call.

    Raises:
        Refusal: ``not_signed_in`` if the session has just ended.
    """
    counter = devices.failures_hash(key.account_id, key.session_hash)
    marks = [devices.device_hash(key.account_id, token) for token in browser.tokens]
    found = signed_in.read(table, key.account_id, key.session_hash, counter, marks)
    if found is None:
        raise Refusal("not_signed_in")
    token = devices.new_token() if found.known is None else browser.tokens[found.known]
    return OwnBrowser(
        found.account, found.session, browser, token, found.failures, counter, found.undo
    )


def renew(own: OwnBrowser, after: Account, *, now: int) -> NewSession:
    """Return a session for the account as it will be, the only one, as long-lived as before."""
    new_session = sessions.create_session(
        after, own.browser, own.device_token, keep=own.session.keep, now=now
    )
    listed = replace(after, session_list=sessions.first_in_list(new_session.session))
    return replace(new_session, account=listed)


def entries(
    table: AccountsTable, own: OwnBrowser, renewed: NewSession, *, now: int
) -> "list[TransactWriteItemTypeDef]":
    """Return the entries that put the new session in place of the browser's, and keep it known."""
    session = renewed.session
    device = devices.device_hash(session.account_id, own.device_token)
    return [
        session_items.put(table, session),
        session_items.delete(table, session.account_id, own.session.session_hash),
        device_items.put(table, session.account_id, device, epoch=session.epoch, now=now),
    ]
