"""What is read of a signed-in person before a change that wants the password, in one call."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsreel.accounts.credential_records import EmailUndo
from newsreel.accounts.records import Account, LogInFailures, Session
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import (
    account_pk,
    device_pk,
    email_undo_pk,
    log_in_failures_pk,
    session_pk,
)


@dataclass(frozen=True, slots=True)
class SignedInItems:
    """An account with its password hash, one of its sessions, and the wrong passwords there."""

    account: Account
    session: Session
    failures: LogInFailures
    known: int | None
    """Which of the browser's marks the account has given, if one."""
    undo: EmailUndo | None
    """The last change of its address, if it can be undone or could until a moment ago."""


def read(
    table: AccountsTable,
    account_id: str,
    session_hash: str,
    failures_hash: str,
    device_hashes: Sequence[str],
) -> SignedInItems | None:
    """Return them; None if the session is gone, or ended with everything of an older epoch."""
    at_account, at_session = account_pk(account_id), session_pk(account_id, session_hash)
    at_failures, at_undo = log_in_failures_pk(failures_hash), email_undo_pk(account_id)
    marks = [device_pk(account_id, one) for one in device_hashes]
    items = table.get_together(at_account, at_session, at_failures, at_undo, *marks)
    stored, session, failures, undo = (
        items.get((pk["pk"], pk["sk"])) for pk in (at_account, at_session, at_failures, at_undo)
    )
    if stored is None or session is None or session.get("epoch") != stored.get("epoch"):
        return None
    given = (
        index
        for index, mark in enumerate(marks)
        if items.get((mark["pk"], mark["sk"]), {}).get("epoch") == stored["epoch"]
    )
    return SignedInItems(
        Account.read(stored),
        Session.read(session),
        LogInFailures.read(failures) if failures else LogInFailures(),
        next(given, None),
        EmailUndo.read(undo) if undo else None,
    )
