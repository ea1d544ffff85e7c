"""Keeps every mail that the local AWS sends, in memory, and shows it to people and tests."""

import email
import email.policy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TypedDict

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT_MAILS = 1000


class MailJson(TypedDict):
    """One mail as `messages.json` gives it; repeated headers are joined by line breaks.

    `number` counts the mails since the start and is never another mail's.
    """

    number: int
    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    received_at: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it arrived: whom it was handed over for, and the message."""

    recipients: Sequence[str]
    message: EmailMessage
    received_at: datetime

    def as_json(self, number: int) -> MailJson:
        """Return the mail as tests read it, as the n-th that arrived."""
        headers: dict[str, str] = {}
        for name, value in self.message.items():
            headers[name] = f"{headers[name]}\n{value}" if name in headers else str(value)
        return {
            "number": number,
            "to": ", ".join(self.recipients),
            "subject": str(self.message.get("subject", "")),
            "text": self._part("plain"),
            "html": self._part("html"),
            "headers": headers,
            "received_at": self.received_at.isoformat(timespec="milliseconds"),
        }

    def _part(self, kind: str) -> str:
        found = self.message.get_body(preferencelist=(kind,))
        return str(found.get_content()) if isinstance(found, EmailMessage) else ""


class MailSink:
    """An SMTP server that accepts everything and delivers nothing."""

    def __init__(self) -> None:
        # As JSON from the start: a test that waits for a mail asks many times a second.
        self._mails: list[MailJson] = []
        self._forgotten = 0

    @property
    def arrived(self) -> int:
        """How many mails have arrived since the start; mail n is the n-th of them."""
        return self._forgotten + len(self._mails)

    def newest_first(self, *, to: str | None = None) -> list[MailJson]:
        """Return all kept mails, or those to one address, the newest first."""
        return [mail for mail in reversed(self._mails) if to is None or mail["to"] == to]

    def mail(self, number: int) -> MailJson | None:
        """Return mail number 1, 2, 3 ... in order of arrival."""
        place = number - 1 - self._forgotten
        return self._mails[place] if 0 <= place < len(self._mails) else None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 (aiosmtpd's name)
        """Keep one mail; the oldest goes when there are too many."""
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        message = email.message_from_bytes(raw, policy=email.policy.default)
        mail = Mail(tuple(envelope.rcpt_tos), message, datetime.now(UTC))
        number = self.arrived + 1
        try:
            shown = mail.as_json(number)
        except (LookupError, ValueError):
            # A character set that does not exist, a line break in a name: shown as it came, for
            # one mail that cannot be read must not hide all others.
            shown = Mail(mail.recipients, _as_it_came(raw), mail.received_at).as_json(number)
        self._mails.append(shown)
        if len(self._mails) > KEPT_MAILS:
            del self._mails[0]
            self._forgotten += 1
        return "250 OK"


def _as_it_came(raw: bytes) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "(a mail that cannot be read)"
    message.set_content(raw.decode("utf-8", "replace"))
    return message
