"""Decides what SES's events about a mail mean, from the few values that the rule lets through.

The rule's transformer (``infra/mail.yaml``) hands over types, times, a status and our own tags. No
subject, where codes stand, no address, no header and no diagnostic text ever reaches this code.
Types and subtypes: SES developer guide, "Contents of Amazon SNS notifications" and "Examples of
event data"; what an out-of-office looks like: mozilla/fxa-auth-server#1943.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Delivery: TypeAlias = Literal["delivered", "delayed", "bounced"]
Suppress: TypeAlias = Literal["bounce", "full", "complaint"]
Metric: TypeAlias = Literal[
    "delivered", "delayed", "hard_bounce", "mailbox_full", "content_refused", "blocked",
    "out_of_office", "complaint", "not_sent", "virus", "not_spam", "passed_over",
]  # fmt: skip

_OUR_CONTENT = frozenset({"MessageTooLarge", "ContentRejected", "AttachmentRejected"})
# SES gave up at MaxDeliverySeconds; older accounts see "General" with a status instead.
_GAVE_UP = frozenset({"CustomTimeoutExceeded"})


class FeedbackError(ValueError):
    """The body is not what the rule's transformer writes; never holds the body."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What SES tells about one mail; what it does not tell is empty."""

    event: str
    """Id of the event, the same in each of its duplicates."""
    type: str
    ses_id: str
    sent: str
    """When SES took the mail, RFC 3339 with milliseconds."""
    bounce: str
    subtype: str
    status: str
    """Enhanced status code (RFC 3463), such as ``5.1.1``."""
    delay: str
    complaint: str
    """What the other side reports: ``abuse``, ``not-spam`` and so on (RFC 5965, section 7.3)."""
    complaint_subtype: str
    tags: Mapping[str, str]

    @property
    def status_class(self) -> int:
        """Return 2, 4 or 5, or 0 if no status is told."""
        return int(self.status[0]) if self.status[:1] in {"2", "4", "5"} else 0


@dataclass(frozen=True, slots=True)
class Meaning:
    """What follows from an event."""

    counted: Metric
    step: str = ""
    """The step that the delivery trail keeps; empty if it keeps none."""
    delivery: Delivery | None = None
    """What the flow's page says from now on, unless it says something stronger."""
    suppress: Suppress | None = None
    lifts: bool = False
    """Whether the mailbox takes mail, so that an older suppression ends."""


def parse(body: str) -> Feedback:
    """Read one message of the queue.

    Raises:
        FeedbackError: it is not of the transformer's shape.
    """
    try:
        values = json.loads(body)
        tags = values["tags"]
        return Feedback(
            event=_text(values["event"]),
            type=_text(values["type"]),
            ses_id=_text(values["id"]),
            sent=_text(values["sent"]),
            bounce=_text(values["bounce"]),
            subtype=_text(values["sub"]),
            status=_text(values["status"]),
            delay=_text(values["delay"]),
            complaint=_text(values["complaint"]),
            complaint_subtype=_text(values["complaint_sub"]),
            tags={name: _first(tag) for name, tag in tags.items()} if tags else {},
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise FeedbackError("not what the transformer writes") from None


def _text(value: object) -> str:
    """Return a value; a path that the event lacks may come as null, or as its placeholder."""
    text = value if isinstance(value, str) else ""
    return "" if text == "null" or text.startswith("<") else text


def _first(tag: object) -> str:
    """Return a tag's value, which SES writes as a list of one."""
    return _text(tag[0] if isinstance(tag, list) and tag else tag)


def meaning(told: Feedback) -> Meaning:
    """Return what an event means: the table of mail feedback, row by row."""
    match told.type:
        case "Delivery":
            return Meaning("delivered", "delivered", "delivered", lifts=True)
        case "DeliveryDelay":
            return Meaning("delayed", "delayed", "delayed")
        case "Bounce":
            return _bounce(told)
        case "Complaint":
            return _complaint(told)
        case "Reject":
            return Meaning("virus", "rejected", "bounced")
        case _:
            return Meaning("passed_over")


def _bounce(told: Feedback) -> Meaning:
    if told.bounce == "Permanent":
        return Meaning("hard_bounce", "bounced", "bounced", "bounce")
    if told.subtype == "MailboxFull":
        return Meaning("mailbox_full", "bounced", "bounced", "full")
    if told.subtype in _OUR_CONTENT:
        return Meaning("content_refused", "bounced", "bounced")
    if told.status or told.subtype in _GAVE_UP:
        # The other side blocks us, or SES gave up: no fault of the address.
        return Meaning("blocked", "bounced", "bounced")
    # An out-of-office reply: the mail is in the mailbox.
    return Meaning("out_of_office", "out_of_office")


def _complaint(told: Feedback) -> Meaning:
    if told.complaint_subtype == "OnAccountSuppressionList":
        return Meaning("not_sent", "bounced", "bounced")
    if told.complaint == "not-spam":
        return Meaning("not_spam")
    return Meaning("complaint", "complained", suppress="complaint")
