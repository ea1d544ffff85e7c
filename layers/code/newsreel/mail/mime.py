"""Decides the form of every mail: 7-bit-clean MIME, text first, headers that say it is automatic.

All mails get their headers here, so that no kind of mail lacks one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import cache
from types import MappingProxyType

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template

from newsreel import clock
from newsreel.mail.dates import NO_BREAK_SPACE

_WIDEST_LINE = 998  # RFC 5322, section 2.1.1
_WHOLE = {"to", "in-reply-to", "references", "list-id", "list-unsubscribe"}


class _Policy(EmailPolicy):
    """Folds headers, but those of addresses and ids alone are one line each.

    Folded, a long address would become an encoded word, which no mail program takes for an address.
    Words are folded, for an encoded word may have 75 characters (RFC 2047, section 2).
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() not in _WHOLE:
            return super().fold_binary(name, value)
        return EmailPolicy.fold_binary(self.clone(max_line_length=_WIDEST_LINE), name, value)


_POLICY = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=76)


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says, in one language; ``repr`` shows nothing of it."""

    language: str
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


def assemble(
    content: Content,
    *,
    sender: Address,
    to: str,
    is_answer: bool = False,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return a mail to one person as a MIME message (RFC 2045); ``headers`` come on top.

    ``Auto-Submitted`` is RFC 3834's; ``X-Auto-Response-Suppress`` is Exchange's word for it. There
    is no ``Feedback-ID``: SES writes its own, from the tags (``mail.ses_sender``).

    Raises:
        ValueError: no header can hold the address.
    """
    message = EmailMessage(policy=_POLICY)
    local_part, _, domain = to.rpartition("@")
    message["From"] = sender
    message["To"] = Address(username=local_part, domain=domain)
    message["Subject"] = content.subject.replace(NO_BREAK_SPACE, " ")
    message["Date"] = format_datetime(clock.now())
    message["Auto-Submitted"] = "auto-replied" if is_answer else "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    for name, value in headers.items():
        message[name] = value
    message.set_content(content.text, cte="quoted-printable")
    message.add_alternative(content.html, subtype="html", cte="quoted-printable")
    # Last: setting content clears every Content- header.
    message["Content-Language"] = content.language
    return message.as_bytes()


@cache
def template(package: str, name: str) -> Template:
    """Return a template of a package, which may extend those of ``newsreel.mail``."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("newsreel.mail")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
