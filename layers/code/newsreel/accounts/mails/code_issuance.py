"""Decides which mail a flow's request becomes: the one place where a code is derived to be sent.

The same steps for every address. A retried record derives the same code again, so a doubtful send
is harmless; a request that was sent or whose flow has ended is not sent again.
"""

from dataclasses import replace
from typing import Literal, TypeAlias

from newsreel.accounts import codes, undo_links
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.mails import failures
from newsreel.accounts.mails.code_mails import (
    account_exists_mail,
    code_mail,
    held_mail,
    no_account_mail,
)
from newsreel.accounts.mails.mail_deps import NO_ACCOUNT, MailDeps, code_mail_id
from newsreel.accounts.mails.not_me_link import with_link
from newsreel.accounts.not_me_tokens import NotMe
from newsreel.accounts.records import Flow, MailRequest
from newsreel.accounts.table import account_parts, email_reservations, mail_requests
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table.email_reservations import Holder
from newsreel.accounts.table.keys import NOBODY
from newsreel.aws.keyring import Keyring
from newsreel.mail.message import Mail, SenderIdentity
from newsreel.policy import POLICY

Outcome: TypeAlias = Literal["sent", "dropped", "withheld", "refused"]

_NO_ADDRESS = EmailAddress("")
"""Looked up where a flow has vanished, so that every request makes the same calls."""


def send_requested(deps: MailDeps, keyring: Keyring, request: MailRequest, *, now: int) -> Outcome:
    """Send the mail of one request and return what became of it.

    Raises:
        SendingFailedError: SES does not take mail now. As after any other error, the mail waits:
            the stream tries the record again, and the redrive after it.
    """
    with (
        failures.kept_waiting(
            deps,
            mail_requests.key_of(request),
            asked_at=request.requested_at,
            useful_until=request.requested_at + POLICY.code.life,
            now=now,
        ),
        # What is only busy is shown as delayed after a minute anyway.
        failures.told_if_stopped(
            lambda: flow_items.set_delivery(deps.accounts, request, "delayed")
        ),
    ):
        return _send(deps, keyring, request, now=now)


def _send(deps: MailDeps, keyring: Keyring, request: MailRequest, *, now: int) -> Outcome:
    table = deps.accounts
    if not mail_requests.claim(table, request):
        return "dropped"
    flow = flow_items.read(table, request.purpose, request.flow_hash)
    holder = email_reservations.read_holder(table, flow.email if flow else _NO_ADDRESS, now=now)
    if flow is None or not _is_useful(flow, request, now=now):
        table.write(mail_requests.close(table, request, "dropped"))
        return "dropped"
    # An account says in which language its mails come, whoever asks and on which page. Without one
    # the same call finds nothing.
    language = account_parts.read_language(table, holder.account_id or NOBODY)
    flow = replace(flow, language=language or flow.language)
    held = deps.suppression(flow.email, now=now)
    # A mute is about strangers: the owner's own browser has a way in at all times.
    is_muted = held.is_muted(now=now) and not flow.known_browser
    if held.blocks_codes(now=now) or is_muted:
        return _close(deps, flow, request, holder.account_id, "withheld", now=now)
    mail = _mail(flow, request, keyring, deps.sender.identity, holder)
    not_me = NotMe(deps.who(flow.email), now, flow.purpose, flow.flow_hash)
    mail = with_link(mail, not_me, deps.trail_keys, deps.sender.identity)
    tags = {
        "kind": "code",
        "who": deps.who(flow.email),
        "purpose": request.purpose,
        "flow": request.flow_hash,
        "issue": str(request.issue),
        # A person who calls this mail spam wants no newsletter either.
        "account": holder.account_id or NO_ACCOUNT,
    }
    outcome = failures.send(deps, mail, to=flow.email.text, tags=tags)
    return _close(deps, flow, request, holder.account_id, outcome, now=now)


def _close(
    deps: MailDeps,
    flow: Flow,
    request: MailRequest,
    account_id: str,
    outcome: Literal["sent", "withheld", "refused"],
    *,
    now: int,
) -> Outcome:
    # In this order: a request that is closed is not looked at again, so a failure after it would
    # leave the page at "pending" for good.
    flow_items.set_delivery(deps.accounts, request, "sent" if outcome == "sent" else "withheld")
    mail_id = code_mail_id(flow.flow_hash, request.issue)
    step = deps.step(
        flow.email,
        "code",
        mail_id,
        outcome,
        about=flow.purpose,
        account=account_id,
        now=now,
    )
    failures.close(deps, mail_requests.close(deps.accounts, request, outcome), step)
    return outcome


def _is_useful(flow: Flow, request: MailRequest, *, now: int) -> bool:
    """Tell whether a mail is still of use: its code is the newest and could be entered."""
    return (
        flow.state == "open"
        and flow.issue == request.issue
        and now < min(flow.issued_at + POLICY.code.life, flow.expires_at)
    )


def _mail(
    flow: Flow, request: MailRequest, keyring: Keyring, identity: SenderIdentity, holder: Holder
) -> Mail:
    code = codes.derive(
        keyring,
        key_id=flow.key_id,
        purpose=flow.purpose,
        flow_hash=flow.flow_hash,
        issue=request.issue,
        form=flow.form,
    )
    if holder.undo is not None:
        return held_mail(flow, holder.undo, undo_links.token_of(keyring, holder.undo), identity)
    if flow.purpose != "password_reset" and holder.account_id:
        return account_exists_mail(flow, identity)
    if flow.purpose == "password_reset" and not holder.account_id:
        return no_account_mail(flow, identity)
    return code_mail(flow, code, identity)
