"""Decides what a mail looks like: blocks of plain words, as text and as HTML, in one language.

One layout serves every mail; a mail is a list of blocks, so that text and HTML cannot say
different things. No images, no tracking, no link that does something on GET.
"""

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from newsreel import clock
from newsreel.texts import messages


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph: plain or quiet words, a code, or a link."""

    kind: Literal["words", "quiet", "code", "link"]
    text: str = field(repr=False)
    url: str = field(default="", repr=False)

    @property
    def spelled(self) -> str:
        """Return a code for a screen reader: character by character."""
        return " ".join(self.text.replace(" ", "").replace("-", ""))


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail before it is addressed; ``repr`` shows nothing of it."""

    language: str
    kind: str
    """For ``Feedback-ID``: which mail this is, never for whom."""
    subject: str = field(repr=False)
    preheader: str = field(repr=False)
    heading: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    footer: str = "footer.automatic"
    """The key of the sentence at its end that says why it was sent."""


@dataclass(frozen=True, slots=True)
class SenderIdentity:
    """Who writes: the organisation, the domain mail comes from, the website."""

    organisation: str
    mail_domain: str
    site_url: str
    contact_email: str = ""
    """Whom people may write to; empty where the deployment names nobody."""

    def sender(self, language: str) -> str:
        """Return the name that mail comes from."""
        return messages.text(language, "mail", "sender", organisation=self.organisation)

    def page(self, language: str, place: str = "") -> str:
        """Return the address of a page of the website in a language, such as ``#reset``."""
        return f"{self.site_url}{messages.home(language)}{place}"


@dataclass(frozen=True, slots=True)
class Manner:
    """From which of our addresses a mail comes, and whether it answers another."""

    desk: str = "codes"
    """The local part of the sender's address."""
    is_answer: bool = False
    in_reply_to: str = field(default="", repr=False)
    """The ``Message-ID`` of the answered mail, if it has a well-formed one."""


UNASKED = Manner()


def compose(letter: Mail, *, to: str, identity: SenderIdentity, manner: Manner = UNASKED) -> bytes:
    """Return the letter as a 7-bit-clean MIME message (RFC 2045), text first, HTML second.

    ``Auto-Submitted`` is RFC 3834's; ``X-Auto-Response-Suppress`` is Exchange's word for it.
    """
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    local_part, _, domain = to.rpartition("@")
    message["From"] = Address(identity.sender(letter.language), manner.desk, identity.mail_domain)
    message["To"] = Address(username=local_part, domain=domain)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Content-Language"] = letter.language
    message["Auto-Submitted"] = "auto-replied" if manner.is_answer else "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Feedback-ID"] = f"{letter.kind}:codes:newsreel"
    message.set_content(_as_text(letter, identity), cte="quoted-printable")
    message.add_alternative(_as_html(letter, identity), subtype="html", cte="quoted-printable")
    return _threading(manner.in_reply_to) + message.as_bytes()


def _threading(in_reply_to: str) -> bytes:
    """Return the fields that name the answered mail, on one line each.

    The email package writes an id of more than 78 characters, such as every one of Exchange's, as
    encoded words, which no mail program takes for an id.
    """
    if not in_reply_to:
        return b""
    return f"In-Reply-To: {in_reply_to}\r\nReferences: {in_reply_to}\r\n".encode("ascii")


def _as_text(letter: Mail, identity: SenderIdentity) -> str:
    paragraphs = [letter.heading]
    for block in letter.blocks:
        if block.kind == "code":
            paragraphs.append(f"    {block.text}")
        elif block.kind == "link":
            link = messages.text(letter.language, "mail", "link", words=block.text)
            paragraphs.append(f"{link}\n{block.url}")
        else:
            paragraphs.append(block.text)
    paragraphs.append(f"-- \n{_footer(letter, identity)}\n{identity.page(letter.language)}")
    return "\n\n".join(paragraphs) + "\n"


def _as_html(letter: Mail, identity: SenderIdentity) -> str:
    return _layout().render(
        language=letter.language,
        subject=letter.subject,
        preheader=letter.preheader,
        sender=identity.sender(letter.language),
        heading=letter.heading,
        blocks=letter.blocks,
        footer=_footer(letter, identity),
        footer_site=messages.text(letter.language, "mail", "footer.site"),
        site_url=identity.page(letter.language),
    )


def _footer(letter: Mail, identity: SenderIdentity) -> str:
    why = messages.text(letter.language, "mail", letter.footer, organisation=identity.organisation)
    contact = identity.contact_email
    if not contact:
        return why
    return f"{why} {messages.text(letter.language, 'mail', 'footer.contact', contact=contact)}"


@cache
def _layout() -> Template:
    environment = Environment(
        loader=PackageLoader("newsreel.mail"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("layout.html.j2")
