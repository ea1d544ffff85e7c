"""Decides how a change of address is undone by a link that only the address before was mailed.

The person who changed it knew the password. So undoing ends every session and access key, and the
password too: the owner sets a new one by a reset. The same mail has the button "This was not me",
and no browser is known after an undo. A mute would hold the code of that reset back, so it ends.

A reset by the new address leaves the link as it is: a thief of the account could end it otherwise.
"""

from newsreel.accounts import undo_links
from newsreel.accounts.credential_records import EmailUndo
from newsreel.accounts.flow_deps import FlowDeps
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.records import Account, Notice
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import email_reservations, email_undos, notices
from newsreel.accounts.table import journal as journal_items
from newsreel.aws.transactions import ConditionFailed
from newsreel.mail_table import held_back
from newsreel.mail_table.who import all_of
from newsreel.refusals import Refusal


def undo(deps: FlowDeps, token: str, *, now: int) -> None:
    """Give an account the address back that it had, and end everything made since.

    Raises:
        Refusal: ``undo_over`` unless the token is right, unused and alive, and the account is not
            being deleted: nothing would be left to log in to.
    """
    found = _find(deps, token, now=now)
    account = None if found is None else account_items.read(deps.table, found.account_id)
    if found is None or account is None or account.closing_at:
        raise Refusal("undo_over")
    budgets = deps.budgets
    # First: the link is right, and its repetition would not be.
    held_back.unmute(budgets.table, all_of(found.email.text, budgets.keyring))
    try:
        _write(deps, found, account, now=now)
    except ConditionFailed:
        raise Refusal("undo_over") from None


def _find(deps: FlowDeps, token: str, *, now: int) -> EmailUndo | None:
    account_id = undo_links.account_of(token)
    found = None if account_id is None else email_undos.read(deps.table, account_id)
    if found is None or not undo_links.is_right(deps.keyring, found, token):
        deps.budgets.was_wrong(now=now)
        return None
    return found if now < found.until else None


def _write(deps: FlowDeps, found: EmailUndo, account: Account, *, now: int) -> None:
    table = deps.table
    notice = Notice.of(account.account_id, "email_change_undone", now=now)
    event = JournalEntry.of(account.account_id, "email_change_undone", now=now)
    table.write(
        email_undos.use(table, found, now=now),
        account_items.take_email_back(table, account, found, now=now),
        email_reservations.give_back(table, found),
        email_reservations.release(table, account.email, account.account_id),
        notices.put(table, notice),
        journal_items.put(table, event),
    )
