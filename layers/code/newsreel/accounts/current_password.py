"""Decides whether a signed-in person knows the password, which sensitive changes ask for again.

Each try is counted before the passwords are compared, as at the log-in, and waits grow as they do
there. Every session has its own count, so a thief of one session guesses as slowly as anybody, and
makes nobody else wait.
"""

from contextlib import contextmanager
from typing import TYPE_CHECKING

from newsreel.accounts import own_browser, passwords
from newsreel.accounts.devices import Browser
from newsreel.accounts.log_in_waits import count_failure
from newsreel.accounts.own_browser import OwnBrowser
from newsreel.accounts.session_auth import SessionKey
from newsreel.accounts.table import log_in_failures
from newsreel.accounts.table.base import AccountsTable
from newsreel.budgets.requests import Owner, RequestBudgets
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_RACES = 4


def prove(
    table: AccountsTable, key: SessionKey, browser: Browser, password: str, *, now: int
) -> OwnBrowser:
    """Count a try, compare the password, and return whose it is.

    The write that the password allows takes the try back (``uncount``); where a right password is
    refused for another reason, ``uncounted_if_refused`` does.

    Raises:
        Refusal: ``wrong_password``; ``too_many_requests`` while the session has to wait;
            ``not_signed_in`` if it has just ended.
    """
    for _ in range(_RACES):
        own = own_browser.find(table, key, browser)
        after = count_failure(own.failures, now=now, limit="passwords")
        if log_in_failures.count(table, own.counter, own.failures, after):
            break
    else:
        raise Refusal("too_many_requests", {"limit": "passwords"}, retry_after=1)
    if not passwords.matches(own.account.password_hash, password):
        raise Refusal("wrong_password")
    return own


@contextmanager
def uncounted_if_refused(table: AccountsTable, own: OwnBrowser) -> "Iterator[None]":
    """Take the try back if the block refuses: the password was right."""
    try:
        yield
    except Refusal:
        table.write(uncount(table, own))
        raise


def count_change(budgets: RequestBudgets, own: OwnBrowser, *, now: int) -> None:
    """Count a change of which the account's owner is told by mail, once the password was right.

    Otherwise a thief of the password could fill the mailbox, and use up what SES sends in a day.

    Raises:
        Refusal: ``too_many_requests``.
    """
    budgets.change(Owner(own.account.email.text), now=now)


def uncount(table: AccountsTable, own: OwnBrowser) -> "TransactWriteItemTypeDef":
    """Return the entry that forgets the wrong passwords of a session, since one was right."""
    return log_in_failures.delete(table, own.counter)
