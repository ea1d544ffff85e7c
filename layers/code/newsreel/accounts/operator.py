"""Decides what the operator may do with an account: nothing that shows or chooses a secret.

Each act is noted in the account's journal, which its owner reads, with the act or before it.
"""

from typing import NamedTuple

from newsreel.accounts import deletion
from newsreel.accounts.deletion import DeletionDeps
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.journal import JournalEntry, JournalKind
from newsreel.accounts.records import Account, Notice
from newsreel.accounts.table import account_parts, email_reservations, journal, notices
from newsreel.accounts.table import operations as operation_items
from newsreel.aws.transactions import ConditionFailed
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.mail_table import held_back
from newsreel.mail_table.who import all_of
from newsreel.refusals import Refusal

PRESS_OFFICE = "press_office"


class AccountState(NamedTuple):
    """What the operator sees of an account."""

    account: Account
    kinds: dict[str, int]
    """How many items of each kind are kept of it."""


def find(deps: DeletionDeps, address: EmailAddress) -> Account | None:
    """Return the account of an address, without its password's hash, or None."""
    account_id = email_reservations.read(deps.accounts, address.hash)
    if account_id is None:
        return None
    return account_parts.read_without_password(deps.accounts, account_id)


def show(deps: DeletionDeps, account: Account, *, now: int) -> AccountState:
    """Return how an account stands; that it was looked at is in its journal."""
    _note(deps, account, "looked_at", now=now)
    return AccountState(account, operation_items.count_kinds(deps.accounts, account.account_id))


def end_sessions(deps: DeletionDeps, account: Account, *, now: int) -> None:
    """End every session, link and flow of an account; its password stays.

    Raises:
        Refusal: ``busy``, if it changed since it was read.
    """
    _write(
        deps,
        operation_items.end_everything(deps.accounts, account, now=now),
        account,
        "sessions_ended",
        now=now,
    )


def start_reset(deps: DeletionDeps, account: Account, *, now: int) -> None:
    """Make the password worthless, end everything, and ask the owner by mail to reset it.

    The owner's own browser asks for the code: the operator gets none, and chooses no password.

    Raises:
        Refusal: as ``end_sessions``.
    """
    notice = Notice.of(account.account_id, "reset_asked", now=now)
    entry = operation_items.require_reset(deps.accounts, account, now=now)
    try:
        deps.accounts.write(
            entry, notices.put(deps.accounts, notice), _entry(deps, account, "reset_started", now)
        )
    except ConditionFailed:
        raise Refusal("busy", retry_after=RETRY_AFTER) from None


def set_role(deps: DeletionDeps, account: Account, role: str, *, now: int) -> None:
    """Give an account the role of the press office, or take it with an empty one.

    Raises:
        Refusal: as ``end_sessions``.
    """
    kind: JournalKind = "role_granted" if role else "role_taken"
    _write(deps, operation_items.set_role(deps.accounts, account, role), account, kind, now=now)


def hold(deps: DeletionDeps, address: EmailAddress, *, held: bool, now: int) -> None:
    """Hold all mail to an address back, or release it from whatever holds mail back.

    Raises:
        Refusal: ``busy``.
    """
    names = all_of(address.text, deps.trail_keys)
    if held:
        held_back.hold_back(deps.mail_table, names[0], now=now)
    else:
        held_back.release(deps.mail_table, names)
    account = find(deps, address)
    if account is not None:
        _note(deps, account, "suppressed" if held else "released", now=now)


def delete(deps: DeletionDeps, account: Account, *, now: int) -> None:
    """Delete an account as its owner would; the owner gets the last notice.

    Raises:
        Refusal: as ``deletion.delete``.
    """
    deletion.delete(deps, account, now=now)


def _write(
    deps: DeletionDeps,
    entry: operation_items.Entry,
    account: Account,
    kind: JournalKind,
    *,
    now: int,
) -> None:
    try:
        deps.accounts.write(entry, _entry(deps, account, kind, now))
    except ConditionFailed:
        raise Refusal("busy", retry_after=RETRY_AFTER) from None


def _note(deps: DeletionDeps, account: Account, kind: JournalKind, *, now: int) -> None:
    deps.accounts.write(_entry(deps, account, kind, now))


def _entry(
    deps: DeletionDeps, account: Account, kind: JournalKind, now: int
) -> operation_items.Entry:
    event = JournalEntry.of(account.account_id, kind, now=now, actor="operator")
    return journal.put(deps.accounts, event)
