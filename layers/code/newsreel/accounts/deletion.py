"""Decides how an account ends, so that nothing of it stays and a broken-off deletion goes on.

First one write ends every other session, all access keys, flows and links, and the newsletter: from
then on nobody can log in, and the account is on the list of those to be deleted. Then what is kept
of it is erased. The last write takes the account, its address's reservation and its own session
together, and asks for the last notice. Each step may be repeated, by the person, whose session
lasts until then, or by the daily schedule. That looks at each deletion once more: a request that
had read the account before may have written since, such as a download.

What strangers could see change stays: counts of mails and wrong codes, a mute, and flows that
others began with the address. All of it ends by itself.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from newsreel.accounts.records import Account, Notice, Session
from newsreel.accounts.table import account_parts, closings, notices
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.closings import LAST_NOTICE
from newsreel.aws.keyring import Keyring
from newsreel.aws.transactions import ConditionFailed
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.mail_table import suppression, trail
from newsreel.mail_table.who import all_of
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_RACES = 3


class DeletionDeps(NamedTuple):
    """The two tables, and the ring that addresses are named with in the mail table."""

    accounts: AccountsTable
    mail_table: str
    trail_keys: Keyring


def delete(
    deps: DeletionDeps,
    account: Account,
    own: Session | None = None,
    *,
    first: "tuple[TransactWriteItemTypeDef, ...]" = (),
    last: "tuple[TransactWriteItemTypeDef, ...]" = (),
    now: int,
) -> None:
    """Delete an account as it was read; ``own`` is the session of the person who asks for it.

    ``first`` and ``last`` are written with the first and the last step.

    Raises:
        Refusal: ``busy``; a repetition goes on from there. ``not_signed_in`` if everything of the
            account was ended meanwhile, by a reset for example, or ``first`` was lost.
    """
    if not account.closing_at:
        account = _begin(deps.accounts, account, own, first, now=now)
    _erase(deps, account, own)
    _end(deps.accounts, account, own, last, now=now)
    closings.erase(deps.accounts, account.account_id, keep=closings.LAST)


def resume(deps: DeletionDeps, account_id: str, *, now: int) -> bool:
    """Finish a deletion: erase what is left, and take it off the list; tell if it was broken off.

    No request that read the account before the deletion may be going on any more.

    Raises:
        Refusal: ``busy``.
    """
    account = account_parts.read_without_password(deps.accounts, account_id)
    is_broken_off = account is not None and account.closing_at > 0
    if account is not None and is_broken_off:
        delete(deps, account, now=now)
    if account is None:
        closings.erase(deps.accounts, account_id, keep=closings.LAST)
    closings.take_off(deps.accounts, account_id)
    return is_broken_off


def _begin(
    table: AccountsTable,
    account: Account,
    own: Session | None,
    first: "tuple[TransactWriteItemTypeDef, ...]",
    *,
    now: int,
) -> Account:
    after = replace(account, epoch=account.epoch + 1, closing_at=now)
    try:
        table.write(*closings.begin(table, account, after, own), *first)
    except ConditionFailed:
        raise Refusal("not_signed_in") from None
    return after


def _erase(deps: DeletionDeps, account: Account, own: Session | None) -> None:
    own_hash = own.session_hash if own else None
    keep = closings.kept_until_the_end(own_hash)
    former = closings.erase(deps.accounts, account.account_id, keep=keep)
    addresses = (account.email, *former)
    names = [name for one in addresses for name in all_of(one.text, deps.trail_keys)]
    for name in names:
        trail.erase(deps.mail_table, name)
    suppression.lift(deps.mail_table, names)


def _end(
    table: AccountsTable,
    account: Account,
    own: Session | None,
    also: "tuple[TransactWriteItemTypeDef, ...]",
    *,
    now: int,
) -> None:
    notice = Notice(
        account_id=account.account_id,
        notice_id=LAST_NOTICE,
        kind="account_deleted",
        requested_at=now,
        email=account.email,
        language=account.language,
    )
    last = [notices.put_last(table, notice), *also]
    for _ in range(_RACES):
        try:
            table.write(*closings.end(table, account, own), *last)
        except ConditionFailed:
            # Somebody else has deleted it, or changed it since it was read.
            latest = account_parts.read_without_password(table, account.account_id)
            if latest is None:
                return
            account = latest
            continue
        return
    raise Refusal("busy", retry_after=RETRY_AFTER)
