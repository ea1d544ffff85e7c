"""Decides what follows from a received mail: a code, the end of the newsletter, or the help mail.

Rules 7 and 8 of incoming mail (``mail.inbound`` has the others). Whatever follows is written in one
transaction with the mark that the mail was seen and with its budget, so a repeat changes nothing
and counts nothing. The steps do not depend on whether the address has an account.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from newsreel.accounts import consents, flows
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.mails.help_mails import help_mail
from newsreel.accounts.records import Flow
from newsreel.accounts.table import email_reservations, mail_requests, pending_flows
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import Keyring
from newsreel.aws.transactions import ConditionFailed
from newsreel.budgets.counting import BudgetSpent, count, counting_entry
from newsreel.budgets.subjects import address_subject, service_subject
from newsreel.lambda_runtime import metrics
from newsreel.mail.inbound import Asked, Decision, Dropped, EndByToken
from newsreel.mail.message import Manner
from newsreel.mail.ses_sender import SesSender
from newsreel.mail_table import seen
from newsreel.mail_table.held_back import unmute
from newsreel.mail_table.suppression import lift_bounces
from newsreel.mail_table.who import all_of, who_of
from newsreel.policy import POLICY
from newsreel.refusals import Refusal
from newsreel.texts import messages

Outcome: TypeAlias = Literal[
    "code", "too_early", "unsubscribed", "not_subscribed", "help", "limited", "repeat"
]

_RACES = 3
_NO_ACCOUNT = "none"
"""An account id that nobody has, so that unknown addresses take the same steps."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What following a mail needs."""

    accounts: AccountsTable
    mail_table: str
    trail_keys: Keyring
    sender: SesSender


def follow(desk: Desk, message_id: str, decision: Decision, *, now: int) -> str:
    """Do what a mail asks for and return what came of it, or why nothing did.

    ``message_id`` is SES's own.

    Raises:
        botocore.exceptions.ClientError: SES or DynamoDB failed; the queue gives the mail again.
        Refusal: ``busy``; likewise.
    """
    if isinstance(decision, Dropped):
        return decision.reason
    if isinstance(decision, EndByToken):
        return _end_newsletter(desk, message_id, decision.account_id, now=now)
    address = EmailAddress(decision.sender)
    lift_bounces(desk.mail_table, all_of(address.text, desk.trail_keys))
    if decision.desk == "codes":
        # A mute is against strangers; a mail from the mailbox itself comes from its owner.
        unmute(desk.mail_table, all_of(address.text, desk.trail_keys))
    if decision.desk == "unsubscribe":
        account_id = email_reservations.read(desk.accounts, address.hash)
        return _end_newsletter(desk, message_id, account_id or _NO_ACCOUNT, now=now)
    due = 0
    if decision.desk == "codes":
        issued = _issue_code(desk, message_id, address, now=now)
        if isinstance(issued, str):
            return issued
        due = issued
    return _help(desk, message_id, decision, due=due, now=now)


def _end_newsletter(desk: Desk, message_id: str, account_id: str, *, now: int) -> Outcome:
    """End the newsletter of an account that gets it, by the one rule for every way out.

    Raises:
        Refusal: ``busy``, when the account changed three times meanwhile.
    """
    for _ in range(_RACES):
        entries = consents.entries_to_end_newsletter(
            desk.accounts, account_id, place="mail", now=now
        )
        outcome: Outcome = "unsubscribed" if entries else "not_subscribed"
        mark = seen.put_new(desk.mail_table, message_id, outcome=outcome, state="done", now=now)
        try:
            desk.accounts.write(mark, *entries)
        except ConditionFailed as lost:
            if 0 in lost.failed:
                return "repeat"
            continue  # the account changed: look again
        return outcome
    raise Refusal("busy", retry_after=1)


def _issue_code(desk: Desk, message_id: str, address: EmailAddress, *, now: int) -> Outcome | int:
    """Issue the next code of the newest flow that may have one.

    Returns when the next one is due if it is too early for one, or 0 if no flow may have one.

    Raises:
        Refusal: ``busy``, when the flow changed three times meanwhile.
    """
    subject = address_subject(who_of(address.text, desk.trail_keys))
    for _ in range(_RACES):
        issue = _next_issue(desk.accounts, address, now=now)
        if isinstance(issue, int):
            return issue
        before, after = issue
        limits = (POLICY.incoming_mail.codes,)
        try:
            desk.accounts.write(
                seen.put_new(desk.mail_table, message_id, outcome="code", state="done", now=now),
                {"Update": counting_entry(desk.mail_table, subject, limits, now=now)},
                flow_items.replace_issue(desk.accounts, before, after),
                mail_requests.put_new(desk.accounts, after),
            )
        except ConditionFailed as lost:
            if 0 in lost.failed:
                return "repeat"
            if 1 in lost.failed:
                return "limited"
            continue  # the flow changed: look again
        metrics.count("CodesRequested")
        return "code"
    raise Refusal("busy", retry_after=1)


def _next_issue(
    table: AccountsTable, address: EmailAddress, *, now: int
) -> tuple[Flow, Flow] | int:
    """Return the newest flow that may have another code, before and after.

    Or when it may have one if that is later, or 0 if none may.
    """
    for purpose, flow_hash in pending_flows.newest(table, address.hash):
        flow = flow_items.read(table, purpose, flow_hash)
        if flow is None or flow.expires_at <= now:
            continue
        try:
            return flow, flows.next_issue(flow, now=now)
        except Refusal as refusal:
            if refusal.code == "too_many_requests":
                return flow.resend_after
    return 0


def _help(desk: Desk, message_id: str, asked: Asked, *, due: int, now: int) -> Outcome:
    """Send the help mail, once an hour and sender; ``due`` is when a code may be asked for again.

    A repeat goes on where SES did not take the mail, without counting again.
    """
    refused = _claim_answer(desk, message_id, asked, now=now)
    if refused is not None:
        return refused
    outcome: Outcome = "too_early" if due else "help"
    try:
        count(desk.mail_table, service_subject(), (POLICY.incoming_mail.help_in_all,), now=now)
        desk.sender.send(
            help_mail(
                asked.desk,
                language=messages.best_language(asked.language_tags),
                identity=desk.sender.identity,
                due=due,
            ),
            to=asked.sender,
            tags={"kind": "help", "who": who_of(asked.sender, desk.trail_keys)},
            manner=Manner("help", is_answer=True, in_reply_to=asked.in_reply_to),
        )
    except BudgetSpent:
        outcome = "limited"
    seen.finish(desk.mail_table, message_id, outcome=outcome)
    return outcome


def _claim_answer(desk: Desk, message_id: str, asked: Asked, *, now: int) -> Outcome | None:
    """Mark the mail and count the answer; return why there is none."""
    subject = address_subject(who_of(asked.sender, desk.trail_keys))
    limits = (POLICY.incoming_mail.help,)
    try:
        desk.accounts.write(
            seen.put_new(desk.mail_table, message_id, outcome="help", state="claimed", now=now),
            {"Update": counting_entry(desk.mail_table, subject, limits, now=now)},
        )
    except ConditionFailed as lost:
        if 0 not in lost.failed:
            return "limited"
        mark = lost.failed[0] or {}
        return None if mark.get("state") == "claimed" else "repeat"
    return None
