"""Decides what an edition's mail looks like: text and HTML that say the same, in one language.

Its headers are those of a list (RFC 2919, RFC 2369) with one-click unsubscribing (RFC 8058).
Posters are the website's own files, the same for everybody; no address in the mail tells who
opened it, and none does anything on GET.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.headerregistry import Address

from newsreel.mail.dates import written_date, written_time
from newsreel.mail.mime import Content, assemble, template
from newsreel.mail_table.edition_records import Edition, EditionVideo
from newsreel.newsletter.content import shortened
from newsreel.pages.formatting import duration
from newsreel.texts import messages

_LONGEST_SUBJECT_TITLE = 90
_BETWEEN_THOUSANDS = {"en": ",", "fr": "\u202f"}


@dataclass(frozen=True, slots=True)
class NewsletterIdentity:
    """Who writes: the organisation, the two domains, the website."""

    organisation: str
    newsletter_domain: str
    mail_domain: str
    """Of the mailboxes that take mail, such as ``unsubscribe@``."""
    site_url: str

    @property
    def sender(self) -> str:
        """Return the address that editions come from."""
        return f"newsletter@{self.newsletter_domain}"

    def page(self, language: str, place: str = "") -> str:
        """Return the address of a page of the website in a language."""
        return f"{self.site_url}{messages.home(language)}{place}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One video, as the mail shows it."""

    title: str
    language: str
    """Of title and summary, where it is not the mail's; else empty."""
    facts: str
    summary: str
    url: str
    poster: str


@dataclass(frozen=True, slots=True)
class EditionMail:
    """An edition's words in one language, the same for everybody."""

    language: str
    subject: str
    preheader: str
    heading: str
    lead: str
    entries: tuple[Entry, ...]
    more: str
    why: str
    banner: str = ""
    """What a preview says to the press office; empty in the mail itself."""


def write(
    edition: Edition,
    videos: Sequence[EditionVideo],
    language: str,
    identity: NewsletterIdentity,
) -> EditionMail:
    """Return an edition's words about those of its videos that may still be shown."""

    def say(key: str, **values: object) -> str:
        organisation = identity.organisation
        return messages.text(
            language, "newsletter", key, organisation=organisation, since=since, **values
        )

    since = written_date(edition.since, language)
    count = len(videos) + edition.more
    title = shortened(videos[0].title, _LONGEST_SUBJECT_TITLE)
    more = messages.counted(language, "and_more", edition.more) if edition.more else "more"
    return EditionMail(
        language=language,
        subject=say(messages.counted(language, "subject", count), count=count, title=title),
        preheader=say("preheader"),
        heading=say(messages.counted(language, "heading", count), count=count),
        lead=say("lead"),
        entries=tuple(_entry(video, language, identity) for video in videos),
        more=say(more, count=edition.more),
        why=say("why"),
    )


def with_banner(mail: EditionMail, edition: Edition, approval: str, recipients: int) -> EditionMail:
    """Return the mail as its preview: under another subject, with what the press office may do."""
    language = mail.language

    def say(key: str, **values: object) -> str:
        return messages.text(language, "newsletter", key, **values)

    banner = say(
        f"preview.{approval}",
        edition=edition.edition_id,
        recipients=subscribers(recipients, language),
        time=written_time(edition.approve_by),
        date=written_date(edition.approve_by, language),
    )
    name = say(f"language.{language}")
    subject = say("preview.subject", name=name, subject=mail.subject)
    return replace(mail, subject=subject, banner=banner)


def subscribers(count: int, language: str) -> str:
    """Return ``1,204 subscribers``."""
    return messages.text(
        language,
        "newsletter",
        messages.counted(language, "recipients", count),
        count=grouped(count, language),
    )


def grouped(count: int, language: str) -> str:
    """Return a whole number in groups of three digits."""
    return f"{count:,}".replace(",", _BETWEEN_THOUSANDS[language])


def compose(
    mail: EditionMail, *, to: str, token: str | None, identity: NewsletterIdentity
) -> bytes:
    """Return the mail to one person as a MIME message.

    ``token`` ends this person's newsletter; a preview has none, and no list headers.
    """
    url = identity.page(mail.language, f"unsubscribe#{token}" if token else "unsubscribe")
    content = Content(
        mail.language, mail.subject, as_text(mail, url, identity), as_html(mail, url, identity)
    )
    listed = list_headers(token, identity) if token else {}
    return assemble(
        content,
        sender=Address(_sender(mail, identity), "newsletter", identity.newsletter_domain),
        to=to,
        headers={"Precedence": "bulk", **listed},
    )


def _sender(mail: EditionMail, identity: NewsletterIdentity) -> str:
    organisation = identity.organisation
    return messages.text(mail.language, "newsletter", "sender", organisation=organisation)


def list_headers(token: str, identity: NewsletterIdentity) -> dict[str, str]:
    """Return the headers by which mail programs offer to unsubscribe."""
    one_click = f"{identity.site_url}/api/newsletter/unsubscribe/{token}"
    by_mail = f"mailto:unsubscribe+{token}@{identity.mail_domain}?subject=unsubscribe"
    return {
        "List-Id": f"<newsletter.{identity.mail_domain}>",
        "List-Unsubscribe": f"<{one_click}>, <{by_mail}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def as_text(mail: EditionMail, unsubscribe_url: str, identity: NewsletterIdentity) -> str:
    """Return the text part."""

    def link(words: str, url: str) -> str:
        return f"{messages.text(mail.language, 'newsletter', 'link', words=words)}\n{url}"

    paragraphs = [mail.banner] if mail.banner else []
    paragraphs += [_sender(mail, identity), mail.heading, mail.lead]
    for number, entry in enumerate(mail.entries, start=1):
        lines = (f"{number}. {entry.title}", entry.facts, entry.summary, entry.url)
        paragraphs.append("\n".join(line for line in lines if line))
    paragraphs.append(link(mail.more, identity.page(mail.language)))
    unsubscribe = messages.text(mail.language, "newsletter", "unsubscribe")
    paragraphs.append(f"-- \n{mail.why}\n\n{link(unsubscribe, unsubscribe_url)}")
    return "\n\n".join(paragraphs) + "\n"


def as_html(mail: EditionMail, unsubscribe_url: str, identity: NewsletterIdentity) -> str:
    """Return the HTML part."""
    return template("newsreel.newsletter", "edition.html.j2").render(
        language=mail.language,
        subject=mail.subject,
        preheader=mail.preheader,
        banner=mail.banner,
        sender=_sender(mail, identity),
        heading=mail.heading,
        lead=mail.lead,
        entries=mail.entries,
        more=mail.more,
        why=mail.why,
        site_url=identity.page(mail.language),
        unsubscribe=messages.text(mail.language, "newsletter", "unsubscribe"),
        unsubscribe_url=unsubscribe_url,
    )


def _entry(video: EditionVideo, language: str, identity: NewsletterIdentity) -> Entry:
    published = int(datetime.fromisoformat(video.published_at).astimezone(UTC).timestamp())
    facts = (
        video.speakers,
        duration(video.duration) if video.duration else "",
        written_date(published, language),
    )
    return Entry(
        title=video.title,
        language="" if video.language == language else video.language,
        facts="\u00a0· ".join(fact for fact in facts if fact),
        summary=video.summary,
        url=identity.page(language, f"videos/{video.video_id}"),
        poster=f"{identity.site_url}{video.poster}" if video.poster else "",
    )
