"""Lets a person write a mail to the service from the local mailbox, honestly or forged.

The mail goes over SMTP to the same listener that mail programs use, so what follows is the same.
"""

import asyncio
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web

from infra.local.mailbox_fence import refuse_others
from infra.local.paths import MAIL_DOMAIN

_PAGE = Path(__file__).parent / "mailbox_page" / "write.html"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_FOREIGN_SENDER = "somebody@elsewhere.example"
_TAKEN = "Taken. What follows, if anything, arrives in the mailbox; “make logs” says why not."


@dataclass(frozen=True, slots=True)
class Writing:
    """The routes of the page; ``port`` is the listener's."""

    port: int

    def routes(self) -> list[web.RouteDef]:
        """Return them."""
        return [
            web.get("/mailbox/write", self.show),
            web.post("/mailbox/write", self.send),
        ]

    async def show(self, _request: web.Request) -> web.Response:
        """Show the empty form."""
        return _page({"to": f"codes@{MAIL_DOMAIN}", "subject": "A code, please"})

    async def send(self, request: web.Request) -> web.Response:
        """Hand the mail over and show what the server said."""
        refuse_others(request)
        posted = await request.post()
        fields = {name: value for name, value in posted.items() if isinstance(value, str)}
        return _page(fields, await asyncio.to_thread(self._hand_over, fields))

    def _hand_over(self, fields: Mapping[str, str]) -> str:
        sender = fields.get("from", "")
        envelope = _FOREIGN_SENDER if fields.get("server") == "foreign" else sender
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as server:
                server.send_message(_mail(fields), envelope, [fields.get("to", "")])
        except (smtplib.SMTPException, OSError, ValueError) as refused:
            return f"Refused: {_words(refused)}"
        return _TAKEN


def _mail(fields: Mapping[str, str]) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = fields.get("from", "")
    mail["To"] = fields.get("to", "")
    mail["Subject"] = fields.get("subject", "")
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain="local.example")
    if fields.get("author") == "absence":
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(fields.get("text", ""))
    return mail


def _words(refused: Exception) -> str:
    code: int = 0
    said: bytes | str = b"this is no mail that can be handed over"
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(refused.recipients.values()))
    elif isinstance(refused, smtplib.SMTPResponseException):
        code, said = refused.smtp_code, refused.smtp_error or b""
    words = said if isinstance(said, str) else said.decode(errors="replace")
    return f"{code} {words}" if code else words


def _page(fields: Mapping[str, str], result: str = "") -> web.Response:
    foreign, absence = fields.get("server") == "foreign", fields.get("author") == "absence"
    text = Template(_PAGE.read_text(encoding="utf-8")).substitute(
        result=f'<p role="status">{escape(result)}</p>' if result else "",
        domain=MAIL_DOMAIN,
        sender=escape(fields.get("from", "")),
        to=escape(fields.get("to", "")),
        subject=escape(fields.get("subject", "")),
        text=escape(fields.get("text", "")),
        own="" if foreign else "checked",
        foreign="checked" if foreign else "",
        person="" if absence else "checked",
        absence="checked" if absence else "",
    )
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)
