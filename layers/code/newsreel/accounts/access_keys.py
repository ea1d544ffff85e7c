"""Decides how a person makes and ends access keys, by which programs of a newsroom ask for videos.

A key is shown once and kept as a hash. It never opens the account: no route of the account takes
one.
"""

import re
import secrets
from dataclasses import dataclass, field

from newsreel.accounts import current_password
from newsreel.accounts.credential_records import AccessKey
from newsreel.accounts.devices import Browser
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.key_auth import MARK, Scope
from newsreel.accounts.records import Account, Notice
from newsreel.accounts.session_auth import SessionKey, hash_token
from newsreel.accounts.table import access_keys as key_items
from newsreel.accounts.table import journal as journal_items
from newsreel.accounts.table import notices
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.transactions import ConditionFailed
from newsreel.budgets.requests import RequestBudgets
from newsreel.policy import POLICY
from newsreel.refusals import Refusal

_TOKEN_BYTES = 32
_ID_LENGTH = 16
_KEY_ID = re.compile(rf"[0-9a-f]{{{_ID_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key and what its program sends, which is shown this once."""

    key: AccessKey
    token: str = field(repr=False)


def key_id_of(key: AccessKey) -> str:
    """Return the public id of a key: the start of its hash, too short to use the key."""
    return key.key_hash[:_ID_LENGTH]


def create(
    table: AccountsTable,
    budgets: RequestBudgets,
    session: SessionKey,
    browser: Browser,
    *,
    name: str,
    scopes: list[Scope],
    password: str,
    now: int,
) -> NewKey:
    """Make a key, and tell the account's owner by a mail.

    Raises:
        Refusal: as ``current_password.prove`` and ``count_change``; ``too_many_keys``; ``busy`` if
            another one is made at this moment.
    """
    own = current_password.prove(table, session, browser, password, now=now)
    account = own.account
    with current_password.uncounted_if_refused(table, own):
        stale = _stale_beside_room(table, account)
        current_password.count_change(budgets, own, now=now)
    made = _new_key(account, name, scopes, now=now)
    notice = Notice.of(account.account_id, "key_created", now=now)
    event = JournalEntry.of(account.account_id, "key_created", now=now, browser=browser.name)
    try:
        table.write(
            key_items.count_new(table, account),
            key_items.put_new(table, made.key),
            current_password.uncount(table, own),
            notices.put(table, notice),
            journal_items.put(table, event),
            # What a reset or an undo ended goes with the next key.
            *(key_items.delete(table, one) for one in stale[: POLICY.session.most_keys]),
        )
    except ConditionFailed:
        raise Refusal("busy", retry_after=1) from None
    return made


def _new_key(account: Account, name: str, scopes: list[Scope], *, now: int) -> NewKey:
    secret = secrets.token_urlsafe(_TOKEN_BYTES)
    key = AccessKey(
        account_id=account.account_id,
        key_hash=hash_token(secret),
        name=name,
        scopes=[*dict.fromkeys(scopes)],
        made_under=account.key_epoch,
        created_at=now,
    )
    return NewKey(key, f"{MARK}{account.account_id}.{secret}")


def _stale_beside_room(table: AccountsTable, account: Account) -> list[AccessKey]:
    """Return the keys that a reset or an undo ended, or refuse if there is no room for another."""
    kept = key_items.list_all(table, account.account_id)
    stale = [key for key in kept if key.made_under != account.key_epoch]
    if len(kept) - len(stale) >= POLICY.session.most_keys:
        raise Refusal("too_many_keys", {"most": POLICY.session.most_keys})
    return stale


def list_valid(table: AccountsTable, account_id: str, key_epoch: int) -> list[AccessKey]:
    """Return the keys that still count, the newest first."""
    valid = [key for key in key_items.list_all(table, account_id) if key.made_under == key_epoch]
    return sorted(valid, key=lambda key: key.created_at, reverse=True)


def revoke(
    table: AccountsTable, account_id: str, key_id: str, browser: Browser, *, now: int
) -> None:
    """End one key of an account; ending an already ended one is no error."""
    if not _KEY_ID.fullmatch(key_id):
        return
    for key in key_items.list_all(table, account_id, key_id):
        event = JournalEntry.of(account_id, "key_revoked", now=now, browser=browser.name)
        try:
            table.write(key_items.end(table, key), journal_items.put(table, event))
        except ConditionFailed:
            continue  # another tab ended it
