"""Decides what the active receipt rule set does with a mail, as SES does it.

Rules run in order, each for the recipients that it names; a Stop action ends the set (developer
guide, "Email receiving concepts"). The S3 action stores the raw mail and then tells its topic.
"""

import email.utils
import json
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING, TypeAlias

from infra.local.incoming.verdicts import Grade

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_ses.type_defs import ReceiptRuleOutputTypeDef, S3ActionTypeDef
    from mypy_boto3_sns import SNSClient

Rule: TypeAlias = "ReceiptRuleOutputTypeDef"

_LONGEST_HEADERS = 10 * 1024
_ID_SIGNS = string.ascii_lowercase + string.digits
_ID_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that was handed over whole, with what SES found out about it."""

    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    verdicts: dict[str, Grade]


@dataclass(frozen=True, slots=True)
class Receiving:
    """The parts of AWS that receipt rules use."""

    ses: "SESClient"
    s3: "S3Client"
    sns: "SNSClient"

    def rules(self) -> list[Rule]:
        """Return the enabled rules of the active set, in order; none while no set is active."""
        found = self.ses.describe_active_receipt_rule_set().get("Rules", [])
        return [rule for rule in found if rule.get("Enabled")]

    def takes(self, recipient: str) -> bool:
        """Tell whether any rule is for a recipient; SES refuses the others while they connect."""
        return any(_matches(rule, recipient) for rule in self.rules())

    def receive(self, mail: Arrived) -> None:
        """Run the rules for one mail."""
        message_id = "".join(secrets.choice(_ID_SIGNS) for _ in range(_ID_LENGTH))
        for rule in self.rules():
            matched = [one for one in mail.recipients if _matches(rule, one)]
            if matched and self._run(rule, matched, mail, message_id):
                return

    def _run(self, rule: Rule, matched: list[str], mail: Arrived, message_id: str) -> bool:
        """Run the actions of one rule; tell whether the set ends with it."""
        for action in rule.get("Actions", []):
            if "StopAction" in action:
                return True
            if "S3Action" in action:
                self._store(action["S3Action"], matched, mail, message_id)
        return False

    def _store(
        self, action: "S3ActionTypeDef", matched: list[str], mail: Arrived, message_id: str
    ) -> None:
        key = action.get("ObjectKeyPrefix", "") + message_id
        raw = _stamped(mail)
        self.s3.put_object(Bucket=action["BucketName"], Key=key, Body=raw)
        if "TopicArn" in action:
            told = {
                "notificationType": "Received",
                "mail": _described(raw, mail, message_id),
                "receipt": _receipt(action, matched, mail, key),
            }
            self.sns.publish(
                TopicArn=action["TopicArn"],
                Subject="Amazon SES Email Receipt Notification",
                Message=json.dumps(told),
            )


def _matches(rule: Rule, recipient: str) -> bool:
    """Tell whether a rule is for a recipient: by address, domain, or ``.domain`` above it."""
    wanted = rule.get("Recipients")
    address = recipient.lower()
    domain = address.rpartition("@")[2]
    return not wanted or any(
        one in (address, domain) or (one.startswith(".") and domain.endswith(one)) for one in wanted
    )


def _stamped(mail: Arrived) -> bytes:
    """Return the raw mail as SES stores it: with what it found out in front."""
    grades = mail.verdicts
    results = "; ".join(f"{name}={grades[name].lower()}" for name in ("spf", "dkim", "dmarc"))
    lines = [
        f"Return-Path: <{mail.sender}>",
        f"X-SES-Spam-Verdict: {grades['spam']}",
        f"X-SES-Virus-Verdict: {grades['virus']}",
        f"Authentication-Results: amazonses.com; {results};",
        "",
    ]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + mail.raw


def _described(raw: bytes, mail: Arrived, message_id: str) -> dict[str, object]:
    parsed = BytesHeaderParser().parsebytes(raw)
    headers = [{"name": name, "value": str(value)} for name, value in parsed.items()]
    told, length = [], 0
    for header in headers:
        length += len(header["name"]) + len(header["value"])
        if length > _LONGEST_HEADERS:
            break
        told.append(header)
    return {
        "timestamp": _now(),
        "source": mail.sender,
        "messageId": message_id,
        "destination": [
            address
            for _, address in email.utils.getaddresses(_texts(parsed, "to", "cc"))
            if address
        ],
        "headersTruncated": len(told) < len(headers),
        "headers": told,
        "commonHeaders": {
            "returnPath": mail.sender,
            "from": _texts(parsed, "from"),
            "to": _texts(parsed, "to"),
            "messageId": str(parsed.get("message-id", "")),
            "subject": str(parsed.get("subject", "")),
        },
    }


def _receipt(
    action: "S3ActionTypeDef", matched: list[str], mail: Arrived, key: str
) -> dict[str, object]:
    return {
        "timestamp": _now(),
        "processingTimeMillis": 1,
        "recipients": matched,
        **{f"{name}Verdict": {"status": grade} for name, grade in mail.verdicts.items()},
        "action": {
            "type": "S3",
            "topicArn": action.get("TopicArn", ""),
            "bucketName": action["BucketName"],
            "objectKeyPrefix": action.get("ObjectKeyPrefix", ""),
            "objectKey": key,
        },
    }


def _texts(parsed: Message, *names: str) -> list[str]:
    return [str(value) for name in names for value in parsed.get_all(name, [])]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
