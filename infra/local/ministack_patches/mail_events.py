"""Lets SES tell what became of a mail: MiniStack keeps event destinations and never uses them.

https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html
A configuration set that does not exist is refused, as AWS does it; tags come back with each event.
"""

import base64
import contextvars
import json
import re
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import default
from typing import Any, TypeAlias

from infra.local.mail_events import note
from infra.local.simulator import Outcome, outcomes

Answer: TypeAlias = tuple[int, dict[str, str], bytes]
Send: TypeAlias = Callable[[Mapping[str, Any]], Answer]

# Long enough for our own "sent" to be written first, and for a person to see each state.
FIRST_AFTER = 0.7
NEXT_AFTER = 2.5

_OK = 200
_MESSAGE_ID = re.compile(r"<MessageId>([^<]+)</MessageId>")
_DETAIL_TYPES = {
    "Delivery": "Email Delivered",
    "DeliveryDelay": "Email Delivery Delayed",
    "Bounce": "Email Bounced",
    "Complaint": "Email Complaint Received",
    "Reject": "Email Rejected",
}
_ENUMS = {"DeliveryDelay": "DELIVERY_DELAY"}
_PARTS = {"DeliveryDelay": "deliveryDelay"}


@dataclass(frozen=True, slots=True)
class _Sent:
    """A mail that SES took."""

    message_id: str
    source: str
    recipients: Sequence[str]
    subject: str
    configuration_set: str
    tags: Mapping[str, str]
    at: str

    def described(self) -> dict[str, Any]:
        """Return the part of an event that is about the mail, subject and all."""
        own = {
            "ses:configuration-set": [self.configuration_set],
            "ses:source-ip": ["127.0.0.1"],
            "ses:from-domain": [self.source.rpartition("@")[2]],
            "ses:caller-identity": ["local"],
        }
        headers = {"Subject": self.subject, "To": ", ".join(self.recipients)}
        return {
            "timestamp": self.at,
            "source": self.source,
            "messageId": self.message_id,
            "destination": list(self.recipients),
            "headersTruncated": False,
            "headers": [{"name": name, "value": value} for name, value in headers.items()],
            "commonHeaders": {"subject": self.subject, "to": list(self.recipients)},
            "tags": {**own, **{name: [value] for name, value in self.tags.items()}},
        }


def mend() -> None:
    """Put the mend in MiniStack's place."""
    from ministack.services import ses  # noqa: PLC0415 (its import starts threads)

    ses._send_raw_email = telling(ses._send_raw_email)  # noqa: SLF001


def telling(send: Send) -> Send:
    """Return a SendRawEmail that refuses an unknown set, and tells what became of each mail."""
    from ministack.services import ses  # noqa: PLC0415

    def send_and_tell(params: Mapping[str, Any]) -> Answer:
        name = ses._p(params, "ConfigurationSetName")  # noqa: SLF001
        if name and name not in ses._configuration_sets:  # noqa: SLF001
            missing: Answer = ses._config_set_missing(name)  # noqa: SLF001
            return missing
        answer = send(params)
        text = answer[2].decode() if isinstance(answer[2], bytes) else str(answer[2])
        found = _MESSAGE_ID.search(text)
        if answer[0] == _OK and found:
            _begin(_read(params, found[1], name))
        return answer

    return send_and_tell


def _read(params: Mapping[str, Any], message_id: str, configuration_set: str) -> _Sent:
    from ministack.services import ses  # noqa: PLC0415

    raw = base64.b64decode(ses._p(params, "RawMessage.Data"))  # noqa: SLF001
    headers = BytesHeaderParser(policy=default).parsebytes(raw)
    tags = {}
    number = 1
    while name := ses._p(params, f"Tags.member.{number}.Name"):  # noqa: SLF001
        tags[name] = ses._p(params, f"Tags.member.{number}.Value")  # noqa: SLF001
        number += 1
    return _Sent(
        message_id=message_id,
        source=ses._p(params, "Source"),  # noqa: SLF001
        recipients=ses._collect_list(params, "Destinations.member"),  # noqa: SLF001
        subject=str(headers.get("Subject", "")),
        configuration_set=configuration_set,
        tags=tags,
        at=_now(),
    )


def _begin(sent: _Sent) -> None:
    for recipient in sent.recipients:
        _later(FIRST_AFTER, sent, recipient, outcomes(recipient))


def _later(wait: float, sent: _Sent, recipient: str, left: Sequence[Outcome]) -> None:
    # The account and the region of the call are context variables, which a thread lacks.
    context = contextvars.copy_context()

    def happen() -> None:
        one, *rest = left
        context.run(_publish, sent, recipient, one)
        if rest:
            context.run(_later, NEXT_AFTER, sent, recipient, rest)

    timer = threading.Timer(wait, happen)
    timer.daemon = True
    timer.start()


def _publish(sent: _Sent, recipient: str, outcome: Outcome) -> None:
    from ministack.services import eventbridge, ses_v2  # noqa: PLC0415

    note(sent.message_id, outcome.word)
    part = _PARTS.get(outcome.type, outcome.type.lower())
    text = json.dumps({"timestamp": _now(), "feedbackId": str(uuid.uuid4()), **outcome.detail})
    about = json.loads(text.replace("<address>", recipient))
    detail = {"eventType": outcome.type, part: about, "mail": sent.described()}
    known = ses_v2._config_sets.get(sent.configuration_set) or {}  # noqa: SLF001
    for destination in (known.get("EventDestinations") or {}).values():
        wanted = _ENUMS.get(outcome.type, outcome.type.upper())
        if not destination["Enabled"] or wanted not in destination["MatchingEventTypes"]:
            continue
        if "EventBridgeDestination" in destination:
            entry = {
                "Source": "aws.ses",
                "DetailType": _DETAIL_TYPES[outcome.type],
                "Detail": json.dumps(detail),
                "EventBusName": "default",
            }
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)  # noqa: SLF001


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
