"""Decides what a mail looks like: blocks of plain words, as text and as HTML, in one language.

One layout serves every mail; a mail is a list of blocks, so that text and HTML cannot say
different things. No images, no tracking, no link that does something on GET.
"""

from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Literal, NamedTuple

from newsreel.mail.mime import Content, assemble, template
from newsreel.texts import messages


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph: plain or quiet words, a code, or a link."""

    kind: Literal["words", "quiet", "code", "link"]
    text: str = field(repr=False)
    url: str = field(default="", repr=False)

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the parts of a code between which a line may end; two spaces divide them."""
        return tuple(self.text.split("  "))


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail before it is addressed; ``repr`` shows nothing of it."""

    language: str
    kind: str
    """For ``Feedback-ID``, which SES makes: which mail this is, never for whom."""
    subject: str = field(repr=False)
    preheader: str = field(repr=False)
    heading: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    footer: str = "footer.automatic"
    """The key of the sentence at its end that says why it was sent."""


class SenderIdentity(NamedTuple):
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
    """Return the letter to one person as a MIME message."""
    content = Content(
        letter.language, letter.subject, _as_text(letter, identity), _as_html(letter, identity)
    )
    answered = manner.in_reply_to
    return assemble(
        content,
        sender=Address(identity.sender(letter.language), manner.desk, identity.mail_domain),
        to=to,
        is_answer=manner.is_answer,
        headers={"In-Reply-To": answered, "References": answered} if answered else {},
    )


def _as_text(letter: Mail, identity: SenderIdentity) -> str:
    def link(words: str, url: str) -> str:
        return f"{messages.text(letter.language, 'mail', 'link', words=words)}\n{url}"

    paragraphs = [identity.sender(letter.language), letter.heading]
    for block in letter.blocks:
        if block.kind == "code":
            paragraphs.append(f"    {block.text}")
        elif block.kind == "link":
            paragraphs.append(link(block.text, block.url))
        else:
            paragraphs.append(block.text)
    site = link(_footer_site(letter), identity.page(letter.language))
    paragraphs.append(f"-- \n{_footer(letter, identity)}\n{site}")
    return "\n\n".join(paragraphs) + "\n"


def _as_html(letter: Mail, identity: SenderIdentity) -> str:
    return template("newsreel.mail", "letter.html.j2").render(
        language=letter.language,
        subject=letter.subject,
        preheader=letter.preheader,
        sender=identity.sender(letter.language),
        heading=letter.heading,
        blocks=letter.blocks,
        footer=_footer(letter, identity),
        footer_site=_footer_site(letter),
        site_url=identity.page(letter.language),
    )


def _footer(letter: Mail, identity: SenderIdentity) -> str:
    why = messages.text(letter.language, "mail", letter.footer, organisation=identity.organisation)
    contact = identity.contact_email
    if not contact:
        return why
    return f"{why} {messages.text(letter.language, 'mail', 'footer.contact', contact=contact)}"


def _footer_site(letter: Mail) -> str:
    return messages.text(letter.language, "mail", "footer.site")
