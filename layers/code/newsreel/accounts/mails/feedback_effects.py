"""Decides what follows from SES's event about a mail: for the flow, the trail, the suppression.

Every step may be repeated: the flow takes only a stronger word, a step of a mail is in the trail
once and counts once, and a newsletter ends once. Nothing here makes anything be sent.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from newsreel.accounts import consents
from newsreel.accounts.mails.mail_deps import NO_ACCOUNT, code_mail_id
from newsreel.accounts.records import MailRequest
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.transactions import ConditionFailed, write_together
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.mail.feedback import Feedback, Meaning, meaning
from newsreel.mail_table import suppression, trail
from newsreel.mail_table.suppression import Suppression
from newsreel.mail_table.trail import Step
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from newsreel.accounts.codes import Purpose

_RACES = 5
_PURPOSES = {"registration", "password_reset", "email_change"}
_NAMED_BY = {"notice": "notice", "newsletter": "edition"}
"""The tag that names a mail of a kind; a code mail is named by its reference."""


@dataclass(frozen=True, slots=True)
class FeedbackDeps:
    """The two tables that feedback writes to."""

    accounts: AccountsTable
    mail_table: str


def follow(deps: FeedbackDeps, told: Feedback, *, now: int) -> str:
    """Do what an event asks for and return how it is counted.

    Raises:
        Refusal: ``busy``, when a table is.
    """
    means = meaning(told)
    request = _request(told)
    if request is not None and means.delivery is not None:
        flow_items.set_delivery(deps.accounts, request, means.delivery)
    step = _step(told, means, request, now=now)
    if step is None:
        return means.counted if means.counted == "passed_over" else f"{means.counted} untagged"
    if means.step:
        _keep(deps, told, means, step)
    if means.suppress == "complaint" and (account_id := _account_id(deps, told, request)):
        consents.end_newsletter(deps.accounts, account_id, place="complaint", now=now)
    return means.counted


def _account_id(deps: FeedbackDeps, told: Feedback, request: MailRequest | None) -> str:
    """Return whose mail it was, or ""; a code may have gone out before there was an account.

    Then a later mail to the same address, the welcome first, tells whose it is, or the flow, which
    is forgotten after a day. An address that has an account and one that has none cost the same
    calls.
    """
    account_id = told.tags.get("account", "")
    if request is None:
        return account_id
    later = trail.account_of(deps.mail_table, told.tags.get("who", ""))
    if account_id not in {"", NO_ACCOUNT}:
        return account_id
    return later or flow_items.read_account_id(deps.accounts, request.purpose, request.flow_hash)


def _request(told: Feedback) -> MailRequest | None:
    """Return the flow's mail that an event is about, or None."""
    tags = told.tags
    purpose, flow_hash, issue = tags.get("purpose"), tags.get("flow"), tags.get("issue", "")
    if tags.get("kind") != "code" or purpose not in _PURPOSES or not flow_hash:
        return None
    if not issue.isascii() or not issue.isdigit():
        return None
    return MailRequest(
        purpose=cast("Purpose", purpose), flow_hash=flow_hash, issue=int(issue), requested_at=0
    )


def _step(told: Feedback, means: Meaning, request: MailRequest | None, *, now: int) -> Step | None:
    """Return the step that the trail keeps, or None if the tags are not ours."""
    kind, who = told.tags.get("kind", ""), told.tags.get("who")
    if request is not None:
        mail_id = code_mail_id(request.flow_hash, request.issue)
    else:
        mail_id = told.tags.get(_NAMED_BY.get(kind, ""), "")
    if not who or not mail_id:
        return None
    return Step(
        who,
        kind,
        mail_id,
        means.step,
        told.sent,
        now,
        about=request.purpose if request else "",
        status_class=told.status_class,
        subtype=told.subtype or told.delay or told.complaint,
        ses_id=told.ses_id,
    )


def _keep(deps: FeedbackDeps, told: Feedback, means: Meaning, step: Step) -> None:
    """Keep a step, and with it what becomes of the suppression: both once, or neither."""
    client = deps.accounts.client
    if means.suppress in {"bounce", "full"} and trail.arrived_since(
        deps.mail_table, step.who, told.sent
    ):
        # An old mail came back late, and a newer one has arrived: the mailbox works.
        means = replace(means, suppress=None)
    for _ in range(_RACES):
        entries = [trail.put_new(deps.mail_table, step)]
        if means.suppress or means.lifts:
            entries += _suppression(deps, told, means, step)
        try:
            write_together(client, entries)
        except ConditionFailed as lost:
            if 0 in lost.failed:
                return  # a duplicate: it is kept, and counted, already
            continue  # another event changed the suppression: look again
        return
    raise Refusal("busy", retry_after=RETRY_AFTER)


def _suppression(
    deps: FeedbackDeps, told: Feedback, means: Meaning, step: Step
) -> "list[TransactWriteItemTypeDef]":
    """Return the entry that changes the address's suppression, if it changes."""
    table, who = deps.mail_table, step.who
    before = suppression.read_many(table, [who]).get(who, suppression.NONE)
    after = _after(before, means, sent=told.sent, now=step.at)
    if after == before:
        return []
    return [suppression.replaced(table, who, before, after, now=step.at)]


def _after(before: Suppression, means: Meaning, *, sent: str, now: int) -> Suppression:
    if means.suppress == "bounce":
        return before.after_bounce(sent=sent, now=now)
    if means.suppress == "full":
        return before.after_full(sent=sent, now=now)
    if means.suppress == "complaint":
        return before.after_complaint(now=now)
    return before.after_delivery(sent=sent)
