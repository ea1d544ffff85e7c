"""Incoming mail as SES tells of it: the notification in the queue, and the event around it."""

import json
from collections.abc import Sequence
from typing import Any

MAIL_DOMAIN = "mail.example.org"
BUCKET = "newsreel-test-inbound"
MESSAGE_ID = "24yodgcbftnrn8skuesdcx4dw0pa1yc846s9i8n2"


def received(
    recipients: Sequence[str] = (f"codes@{MAIL_DOMAIN}",),
    *,
    source: str = "ada@example.org",
    message_id: str = MESSAGE_ID,
    **verdicts: str,
) -> dict[str, Any]:
    """Build SES's "Received" notification; verdicts by name (``dmarc="FAIL"``) are PASS otherwise.

    The headers that it repeats are those of another mail: nobody may decide by them.
    """
    status = {"spam": "PASS", "virus": "PASS", "spf": "PASS", "dkim": "PASS", "dmarc": "PASS"}
    receipt: dict[str, Any] = {
        f"{name}Verdict": {"status": value} for name, value in (status | verdicts).items()
    }
    return {
        "notificationType": "Received",
        "mail": {
            "timestamp": "2026-02-14T02:04:00.934Z",
            "source": source,
            "messageId": message_id,
            "destination": ["somebody-else@example.net"],
            "headersTruncated": False,
            "headers": [{"name": "From", "value": "mallory@example.net"}],
            "commonHeaders": {"from": ["mallory@example.net"], "subject": "another mail"},
        },
        "receipt": {
            **receipt,
            "timestamp": "2026-02-14T02:04:00.934Z",
            "processingTimeMillis": 150,
            "recipients": list(recipients),
            "action": {
                "type": "S3",
                "topicArn": "arn:aws:sns:eu-central-1:123456789012:inbound",
                "bucketName": BUCKET,
                "objectKeyPrefix": "inbound/",
                "objectKey": f"inbound/{message_id}",
            },
        },
    }


def queue_event(*bodies: object) -> dict[str, Any]:
    """Build the event of an SQS source, as raw delivery from SNS fills it."""
    return {
        "Records": [
            {
                "messageId": f"00000000-0000-4000-8000-{number:012d}",
                "receiptHandle": "handle",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1771034640000",
                    "SenderId": "AIDAEXAMPLE",
                    "ApproximateFirstReceiveTimestamp": "1771034640001",
                },
                "messageAttributes": {},
                "md5OfBody": "0" * 32,
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:inbound",
                "awsRegion": "eu-central-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def raw_mail(*fields: str, sender: str = "Ada <ada@example.org>", body: str = "Hello") -> bytes:
    """Build a raw mail with a ``From``, a ``Message-ID`` and more fields; lines end as in SMTP."""
    lines = [f"From: {sender}", f"To: codes@{MAIL_DOMAIN}", "Subject: a code please"]
    lines += ["Message-ID: <1@example.org>", *fields, "", body, ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")
