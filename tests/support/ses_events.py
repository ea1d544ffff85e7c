"""SES's events as EventBridge gets them, and what the template's rule makes of them for the queue.

The details are those of the SES developer guide ("Examples of event data"), with the made-up values
of a mail: its subject, addresses, headers and diagnostic texts are all there, to be kept out.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.template import ROOT, resources

MAIL_TEMPLATE = ROOT / "infra" / "mail.yaml"
NAME = "newsreel-test"
SENT = "2026-02-14T02:04:00.512Z"


@dataclass(frozen=True)
class Mailed:
    """One mail as SES knows it."""

    address: str = "jane@example.org"
    subject: str = "482 917 is your verification code (02:04 UTC)"
    tags: Mapping[str, str] | None = None
    sent: str = SENT
    ses_id: str = "0107018c0a11aaaa-00000000-0000-4000-8000-000000000002-000000"
    configuration_set: str = f"{NAME}-codes"


def _bounce(kind: str, subtype: str, status: str = "", text: str = "") -> dict[str, Any]:
    recipient = {"emailAddress": "<address>"}
    if status:
        recipient |= {"action": "failed", "status": status, "diagnosticCode": text}
    detail = {
        "feedbackId": "0107018c0a11b2c3-5d0e6f70-0000-4000-8000-000000000001-000000",
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [recipient],
        "timestamp": SENT,
    }
    return {"eventType": "Bounce", "bounce": detail}


def _complaint(kind: str | None, subtype: str | None = None) -> dict[str, Any]:
    detail = {
        "feedbackId": "0107018c0a11b2c3-5d0e6f70-0000-4000-8000-000000000003-000000",
        "complaintSubType": subtype,
        "complainedRecipients": [{"emailAddress": "<address>"}],
        "timestamp": SENT,
    }
    if kind:
        detail |= {"userAgent": "feedback-loop/1.0", "complaintFeedbackType": kind}
    return {"eventType": "Complaint", "complaint": detail}


_UNKNOWN_USER = "smtp; 550 5.1.1 <<address>>: user unknown"
DETAILS: dict[str, dict[str, Any]] = {
    "delivery": {
        "eventType": "Delivery",
        "delivery": {
            "timestamp": SENT,
            "processingTimeMillis": 1099,
            "recipients": ["<address>"],
            "smtpResponse": "250 2.0.0 queued",
            "reportingMTA": "b224-1.smtp-out.eu-central-1.amazonses.com",
        },
    },
    "delay": {
        "eventType": "DeliveryDelay",
        "deliveryDelay": {
            "timestamp": SENT,
            "delayType": "TransientCommunicationFailure",
            "expirationTime": SENT,
            "delayedRecipients": [
                {"emailAddress": "<address>", "status": "4.4.1", "diagnosticCode": "smtp; 421"}
            ],
        },
    },
    "hard bounce": _bounce("Permanent", "General", "5.1.1", _UNKNOWN_USER),
    "no such address": _bounce("Permanent", "NoEmail", "5.1.1", _UNKNOWN_USER),
    "suppressed by SES": _bounce("Permanent", "Suppressed", "5.1.1", "not sent: <address>"),
    "on the account's list": _bounce("Permanent", "OnAccountSuppressionList", "5.1.1", "not sent"),
    "full": _bounce("Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 <address> over quota"),
    "too large": _bounce("Transient", "MessageTooLarge", "5.3.4", "smtp; 552 too big"),
    "content": _bounce("Transient", "ContentRejected", "5.6.0", "smtp; 554 <address> refused"),
    "attachment": _bounce("Transient", "AttachmentRejected", "5.6.0", "smtp; 554"),
    "blocked": _bounce("Transient", "General", "4.7.1", "smtp; 421 4.7.1 listed"),
    "given up": _bounce("Transient", "CustomTimeoutExceeded"),
    "out of office": _bounce("Transient", "General"),
    "undetermined": _bounce("Undetermined", "Undetermined"),
    "complaint": _complaint("abuse"),
    "not spam": _complaint("not-spam"),
    "complaint on the account's list": _complaint(None, "OnAccountSuppressionList"),
    "reject": {"eventType": "Reject", "reject": {"reason": "Bad content"}},
    "send": {"eventType": "Send", "send": {}},
    "rendering failure": {
        "eventType": "Rendering Failure",
        "failure": {"templateName": "x", "errorMessage": "no value for <address>"},
    },
    "open": {"eventType": "Open", "open": {"ipAddress": "192.0.2.1", "userAgent": "x"}},
}


def event(name: str, mailed: Mailed, number: int = 1) -> dict[str, Any]:
    """Return what SES puts on the default bus."""
    headers = [
        {"name": "Subject", "value": mailed.subject},
        {"name": "To", "value": mailed.address},
    ]
    tags = {
        "ses:configuration-set": [mailed.configuration_set],
        "ses:source-ip": ["203.0.113.7"],
        "ses:from-domain": ["mail.example.org"],
        "ses:caller-identity": ["newsreel-test-CodeIssuance"],
        **{name: [value] for name, value in (mailed.tags or {}).items()},
    }
    mail = {
        "timestamp": mailed.sent,
        "source": "codes@mail.example.org",
        "sourceArn": "arn:aws:ses:eu-central-1:111122223333:identity/mail.example.org",
        "sendingAccountId": "111122223333",
        "messageId": mailed.ses_id,
        "destination": [mailed.address],
        "headersTruncated": False,
        "headers": headers,
        "commonHeaders": {"to": [mailed.address], "subject": mailed.subject},
        "tags": tags,
    }
    written = json.dumps(DETAILS[name]).replace("<address>", mailed.address)
    return {
        "version": "0",
        "id": f"6a7e8feb-b491-4cf7-a9f1-{number:012d}",
        "detail-type": "Email Event",
        "source": "aws.ses",
        "account": "111122223333",
        "time": "2026-02-14T02:04:01Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": {**json.loads(written), "mail": mail},
    }


def transformer() -> dict[str, Any]:
    """Return the transformer of the template's rule."""
    rule = resources("AWS::Events::Rule", MAIL_TEMPLATE)["MailEvents"]["Properties"]
    (target,) = rule["Targets"]
    found: dict[str, Any] = target["InputTransformer"]
    return found


def transformed(one: Mapping[str, Any], missing: str = "") -> str:
    """Return what the rule makes of an event; ``missing`` stands for a path that it lacks.

    EventBridge does not escape values, so neither does this.
    """
    found = transformer()
    body = str(found["InputTemplate"])
    for name, path in found["InputPathsMap"].items():
        value = _at(one, path)
        text = missing if value is None else value if isinstance(value, str) else json.dumps(value)
        body = body.replace(f"<{name}>", text)
    return body


def _at(one: Any, path: str) -> Any:
    for part in re.findall(r"[^.\[\]$]+", path):
        try:
            one = one[int(part)] if part.isdigit() else one[part]
        except (KeyError, IndexError, TypeError):
            return None
    return one


def queue_event(*bodies: str, queue: str = "mail-feedback") -> dict[str, Any]:
    """Build what Lambda hands over from a queue."""
    return {
        "Records": [
            {
                "messageId": f"{number:08d}-0000-4000-8000-000000000000",
                "receiptHandle": "AQEB",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1771034641000",
                    "SenderId": "AIDAIT2UOQQY3AUEKVGXU",
                    "ApproximateFirstReceiveTimestamp": "1771034641001",
                },
                "messageAttributes": {},
                "md5OfBody": "0" * 32,
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{queue}",
                "awsRegion": "eu-central-1",
            }
            for number, body in enumerate(bodies)
        ]
    }
