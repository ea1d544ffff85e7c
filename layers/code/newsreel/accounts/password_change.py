"""Decides how a person who knows the password replaces it: every other session ends.

Access keys stay: each can be ended by itself. A change of address that waits for its code ends.
"""

from dataclasses import replace

from newsreel.accounts import current_password, own_browser
from newsreel.accounts.devices import Browser
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.flow_deps import FlowDeps, accept_password
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.passwords import hash_password
from newsreel.accounts.records import Notice
from newsreel.accounts.session_auth import SessionKey
from newsreel.accounts.sessions import NewSession
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table import journal as journal_items
from newsreel.accounts.table import notices
from newsreel.aws.transactions import ConditionFailed
from newsreel.refusals import Refusal


def change(
    deps: FlowDeps,
    key: SessionKey,
    browser: Browser,
    address: EmailAddress,
    *,
    current: str,
    new: str,
    now: int,
) -> NewSession:
    """Set a new password, and return the session that replaces the caller's.

    Raises:
        Refusal: as ``current_password.prove`` and ``count_change``; ``password_rejected`` with the
            broken rules; ``not_signed_in`` if everything ended meanwhile.
    """
    # First, so that nobody who looks for a good password uses up tries.
    accept_password(deps, new, address, name="new_password")
    table = deps.table
    own = current_password.prove(table, key, browser, current, now=now)
    with current_password.uncounted_if_refused(table, own):
        current_password.count_change(deps.budgets, own, now=now)
    account = own.account
    after = replace(account, epoch=account.epoch + 1, password_hash=hash_password(new))
    renewed = own_browser.renew(own, after, now=now)
    notice = Notice.of(account.account_id, "password_replaced", now=now)
    event = JournalEntry.of(account.account_id, "password_changed", now=now, browser=browser.name)
    open_change = account.email_change
    try:
        table.write(
            account_items.replace_password(table, account, renewed.account, now=now),
            *own_browser.entries(table, own, renewed, now=now),
            current_password.uncount(table, own),
            notices.put(table, notice),
            journal_items.put(table, event),
            *([flow_items.forget_email_change(table, open_change)] if open_change else ()),
        )
    except ConditionFailed:
        # A reset, or a change in another browser, came first and ended this session.
        raise Refusal("not_signed_in") from None
    return renewed
