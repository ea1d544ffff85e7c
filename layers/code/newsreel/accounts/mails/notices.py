"""Decides what becomes of a notice: sent once to the address its account has now, or not sent.

That of a change of address goes to the one before, as long as the change can be undone.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

from newsreel.accounts import undo_links
from newsreel.accounts.credential_records import EmailUndo
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.mails import failures
from newsreel.accounts.mails.mail_deps import MailDeps
from newsreel.accounts.mails.not_me_link import with_link
from newsreel.accounts.mails.notice_mails import notice_mail
from newsreel.accounts.not_me_tokens import NotMe
from newsreel.accounts.records import Notice
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import email_undos
from newsreel.accounts.table import notices as notice_items
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsreel.aws.keyring import Keyring

Outcome: TypeAlias = Literal["sent", "dropped", "withheld", "refused"]


def send_notice(
    deps: MailDeps, keyring: "Callable[[], Keyring]", notice: Notice, *, now: int
) -> Outcome:
    """Send one notice and return what became of it; few need the keys, so they are read then.

    Raises:
        SendingFailedError: SES does not take mail now. As after any other error, the notice waits:
            the stream tries the record again, and the redrive after it.
    """
    with failures.kept_waiting(
        deps,
        notice_items.key_of(notice),
        asked_at=notice.requested_at,
        useful_until=notice.requested_at + POLICY.delivery.notice_waits,
        now=now,
    ):
        return _send(deps, keyring, notice, now=now)


def _send(deps: MailDeps, keyring: "Callable[[], Keyring]", notice: Notice, *, now: int) -> Outcome:
    table = deps.accounts
    if not notice_items.claim(table, notice):
        return "dropped"
    # The last notice of a deleted account brings its address along.
    account = notice if notice.email else account_items.read(table, notice.account_id)
    undo = None
    if account is not None and notice.kind == "email_changed":
        undo = _undo_of(deps, notice)
        account = account if undo else None
    if account is None or account.email is None:
        table.write(notice_items.close(table, notice, "dropped"))
        return "dropped"
    address = account.email if undo is None else undo.email
    if deps.suppression(address, now=now).blocks_notices:
        return _close(deps, address, notice, "withheld", now=now)
    mail = notice_mail(
        notice,
        language=account.language,
        identity=deps.sender.identity,
        undo_token="" if undo is None else undo_links.token_of(keyring(), undo),
    )
    not_me = NotMe(deps.who(address), now)
    mail = with_link(mail, not_me, deps.trail_keys, deps.sender.identity)
    tags = {
        "kind": "notice",
        "who": deps.who(address),
        "account": notice.account_id,
        "notice": notice.notice_id,
    }
    outcome = failures.send(deps, mail, to=address.text, tags=tags)
    return _close(deps, address, notice, outcome, now=now)


def _undo_of(deps: MailDeps, notice: Notice) -> EmailUndo | None:
    """Return the change that a notice tells of; None once it was undone or is final."""
    undo = email_undos.read(deps.accounts, notice.account_id)
    return undo if undo and undo.change == notice.facts.get("change") else None


def _close(
    deps: MailDeps,
    address: EmailAddress,
    notice: Notice,
    outcome: Literal["sent", "withheld", "refused"],
    *,
    now: int,
) -> Outcome:
    step = deps.step(
        address,
        "notice",
        notice.notice_id,
        outcome,
        about=notice.kind,
        account=notice.account_id,
        now=now,
    )
    failures.close(deps, notice_items.close(deps.accounts, notice, outcome), step)
    return outcome
