"""Decides what becomes of a local mail: ten addresses stand for what can happen to one.

`bounce@simulator.newsreel.test` and so on, as SES's own simulator has them, and those that it lacks
(SES developer guide, "Using the mailbox simulator"). `bounce+anything@` is the same mailbox under
an address that nobody had before. Mail to any other address arrives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

DOMAIN = "simulator.newsreel.test"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One event: its type, what the type's own part holds, and a short word for people."""

    type: str
    word: str
    detail: dict[str, Any]


def _delivered() -> Outcome:
    return Outcome("Delivery", "delivered", {"smtpResponse": "250 2.0.0 queued"})


def _delayed(kind: str) -> Outcome:
    recipients = [{"emailAddress": "<address>", "status": "4.4.1", "diagnosticCode": "smtp; 421"}]
    return Outcome("DeliveryDelay", "delayed", {"delayType": kind, "delayedRecipients": recipients})


def _bounced(kind: str, subtype: str, status: str = "") -> Outcome:
    recipient = {"emailAddress": "<address>"}
    if status:
        said = f"smtp; 550 {status} <address>"
        recipient |= {"action": "failed", "status": status, "diagnosticCode": said}
    detail = {"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": [recipient]}
    word = "bounced" if status else "out of office"
    return Outcome("Bounce", f"{word} ({subtype})" if status else word, detail)


def _complaint() -> Outcome:
    recipients = [{"emailAddress": "<address>"}]
    detail = {"complainedRecipients": recipients, "complaintFeedbackType": "abuse"}
    return Outcome("Complaint", "called spam", detail)


OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    "success": (_delivered(),),
    "bounce": (_bounced("Permanent", "General", "5.1.1"),),
    "suppressionlist": (_bounced("Permanent", "OnAccountSuppressionList", "5.1.1"),),
    "ooto": (_delivered(), _bounced("Transient", "General")),
    "complaint": (_delivered(), _complaint()),
    "full": (_delayed("MailboxFull"), _bounced("Transient", "MailboxFull", "4.2.2")),
    "blocked": (_bounced("Transient", "General", "4.7.1"),),
    "delayed": (_delayed("TransientCommunicationFailure"), _delivered()),
    "late": (_delivered(), _bounced("Permanent", "General", "5.1.1")),
    "virus": (Outcome("Reject", "a virus", {"reason": "Bad content"}),),
}


def outcomes(address: str) -> Sequence[Outcome]:
    """Return what becomes of a mail to an address, in order."""
    local_part, _, domain = address.lower().rpartition("@")
    if domain != DOMAIN:
        return OUTCOMES["success"]
    return OUTCOMES.get(local_part.partition("+")[0], OUTCOMES["success"])
