"""Decides what becomes of a notice: sent once to the address its account has now, or not sent."""

from typing import Literal, TypeAlias

from newsreel.accounts.mails import failures
from newsreel.accounts.mails.mail_deps import MailDeps
from newsreel.accounts.mails.notice_mails import notice_mail
from newsreel.accounts.records import Account, Notice
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import notices as notice_items
from newsreel.policy import POLICY

Outcome: TypeAlias = Literal["sent", "dropped", "withheld", "refused"]


def send_notice(deps: MailDeps, notice: Notice, *, now: int) -> Outcome:
    """Send one notice and return what became of it.

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
        return _send(deps, notice, now=now)


def _send(deps: MailDeps, notice: Notice, *, now: int) -> Outcome:
    table = deps.accounts
    if not notice_items.claim(table, notice):
        return "dropped"
    account = account_items.read(table, notice.account_id)
    if account is None:
        table.write(notice_items.close(table, notice, "dropped"))
        return "dropped"
    if deps.suppression(account.email, now=now).blocks_notices:
        return _close(deps, account, notice, "withheld", now=now)
    mail = notice_mail(notice, language=account.language, identity=deps.sender.identity)
    tags = {
        "kind": "notice",
        "who": deps.who(account.email),
        "account": notice.account_id,
        "notice": notice.notice_id,
    }
    outcome = failures.send(deps, mail, to=account.email.text, tags=tags)
    return _close(deps, account, notice, outcome, now=now)


def _close(
    deps: MailDeps,
    account: Account,
    notice: Notice,
    outcome: Literal["sent", "withheld", "refused"],
    *,
    now: int,
) -> Outcome:
    step = deps.step(
        account.email,
        "notice",
        notice.notice_id,
        outcome,
        about=notice.kind,
        account=notice.account_id,
        now=now,
    )
    failures.close(deps, notice_items.close(deps.accounts, notice, outcome), step)
    return outcome
