"""Writes every mail that the service sends, in every language, from sample facts.

``/mailbox/previews`` runs it afresh for each look, in a process of its own, so that it shows the
code and the texts as they are now: ``python -m infra.local.mail_previews`` prints JSON.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from email.message import EmailMessage

    from newsreel.mail.message import Mail, SenderIdentity

_PROJECT = Path(__file__).resolve().parents[2]
_PATIENCE = 30.0
_ASKED = 1771034640  # 2026-02-14T02:04:00Z
_TOKEN = "k1" + "a" * 42
_VIDEOS = ("2026-02-14-munich-doorstep", "2026-01-29-winter-exercise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the mails name; tests try values that are hard to show."""

    reader: str = "jane@newsroom.example"
    organisation: str = "NATO"
    mail_domain: str = "newsreel.test"
    site_url: str = "http://localhost:8080"
    device: str = "Firefox, Windows"
    titles: tuple[str, ...] = (
        "Doorstep statement in Munich",
        "Winter exercise in the High North",
    )
    speakers: str = "Mark Rutte"
    summary: str = "Statement on arrival, followed by questions from the press."
    poster: str = ""
    """A path on the site."""


SAMPLES = Facts()


@dataclass(frozen=True, slots=True)
class Preview:
    """One mail in one language."""

    name: str
    language: str
    subject: str
    text: str
    html: str

    @property
    def address(self) -> str:
        """Where its HTML part is shown."""
        return f"/mailbox/previews/{self.name}.{self.language}.html"


def write_all(facts: Facts = SAMPLES) -> Iterator[Preview]:
    """Write each mail in each language."""
    for name, language, raw in compose_all(facts):
        yield _preview(name, language, raw)


def compose_all(facts: Facts = SAMPLES) -> Iterator[tuple[str, str, bytes]]:
    """Return name, language and the whole message of each mail in each language."""
    sys.path.insert(0, str(_PROJECT / "layers" / "code"))
    from newsreel.mail.message import SenderIdentity, compose  # noqa: PLC0415
    from newsreel.texts import messages  # noqa: PLC0415 - changes how its process collects garbage

    identity = SenderIdentity(facts.organisation, facts.mail_domain, facts.site_url)
    for language in messages.LANGUAGES:
        for name, letter in _letters(language, identity, facts):
            yield name, language, compose(letter, to=facts.reader, identity=identity)
        for name, raw in _editions(language, facts):
            yield name, language, raw


def _preview(name: str, language: str, raw: bytes) -> Preview:
    mail = message_from_bytes(raw, policy=policy.default)
    return Preview(name, language, mail["Subject"], _part(mail, "plain"), _part(mail, "html"))


def _part(mail: "EmailMessage", kind: Literal["plain", "html"]) -> str:
    part = mail.get_body((kind,))
    if part is None:
        raise ValueError(f"a mail has no {kind} part")
    content: str = part.get_content()
    return content


def _letters(
    language: str, identity: "SenderIdentity", facts: Facts
) -> Iterator[tuple[str, "Mail"]]:
    """Yield each mail under its name, with the link that all but the help mails have."""
    from newsreel.accounts.mails.not_me_link import with_link  # noqa: PLC0415
    from newsreel.accounts.not_me_tokens import NotMe  # noqa: PLC0415
    from newsreel.aws.keyring import Keyring  # noqa: PLC0415

    for name, mail in _mails(language, identity, facts):
        if name.startswith("help"):
            yield name, mail
        else:
            not_me = NotMe("0" * 32, _ASKED)
            yield name, with_link(mail, not_me, Keyring("k1", {"k1": b"sample"}), identity)


def _mails(language: str, identity: "SenderIdentity", facts: Facts) -> Iterator[tuple[str, "Mail"]]:
    from newsreel.accounts.credential_records import EmailUndo  # noqa: PLC0415
    from newsreel.accounts.mails import code_mails, help_mails, notice_mails  # noqa: PLC0415
    from newsreel.accounts.records import Flow, Notice  # noqa: PLC0415

    def flow(purpose: str, **more: object) -> Flow:
        values = {
            "purpose": purpose, "flow_key": "0" * 64, "email": facts.reader,
            "language": language, "key_id": "k1", "started_at": _ASKED, "issued_at": _ASKED,
            "expires_at": _ASKED + 86400, "tries_left": 5, "resend_after": _ASKED + 60,
        }  # fmt: skip
        return Flow.read(values | more)

    for purpose in ("registration", "password_reset", "email_change"):
        yield f"{purpose}-code", code_mails.code_mail(flow(purpose), "482917", identity)
        again = flow(purpose, issue=2)
        yield f"{purpose}-code-again", code_mails.code_mail(again, "170356", identity)
        long = flow(purpose, issue=2, form="base32_10", form_since=2)
        yield f"{purpose}-code-long", code_mails.code_mail(long, "7KQ2M9X4TD", identity)
    yield "known", code_mails.account_exists_mail(flow("registration"), identity)
    yield "known-email_change", code_mails.account_exists_mail(flow("email_change"), identity)
    undo = EmailUndo.read(
        {
            "account_id": "sample", "email": facts.reader, "change": "0" * 64, "key_id": "k1",
            "until": _ASKED + 259200,
        }
    )  # fmt: skip
    yield "held", code_mails.held_mail(flow("password_reset"), undo, "sample.token", identity)
    yield "unknown", code_mails.no_account_mail(flow("password_reset"), identity)
    notices: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("welcome", "welcome", {}),
        ("password_changed", "password_changed", {}),
        ("password_replaced", "password_replaced", {}),
        ("key_created", "key_created", {}),
        ("email_changed", "email_changed", {}),
        ("email_change_undone", "email_change_undone", {}),
        ("account_unused", "account_unused", {"days": "30"}),
        ("account_deleted", "account_deleted", {}),
        ("reset_asked", "reset_asked", {}),
        ("new_sign_in", "new_sign_in", {"device": facts.device}),
        ("new_sign_in-unknown", "new_sign_in", {}),
    )
    for name, kind, known in notices:
        notice = Notice.read(
            {
                "account_id": "sample", "notice_id": "sample", "kind": kind,
                "requested_at": _ASKED, "facts": known,
            }
        )  # fmt: skip
        yield name, notice_mails.notice_mail(notice, language=language, identity=identity)
    yield "help", help_mails.help_mail("other", language=language, identity=identity)
    yield "help-no-flow", help_mails.help_mail("codes", language=language, identity=identity)
    early = help_mails.help_mail("codes", language=language, identity=identity, due=_ASKED + 60)
    yield "help-too-early", early


def _editions(language: str, facts: Facts) -> Iterator[tuple[str, bytes]]:
    from newsreel.mail_table.edition_records import Edition, EditionVideo  # noqa: PLC0415
    from newsreel.newsletter import mails  # noqa: PLC0415

    videos = tuple(
        EditionVideo(
            video_id=video_id, title=title, published_at="2026-02-14T10:00:00Z",
            speakers=facts.speakers, duration=167, language="en", summary=facts.summary,
            poster=facts.poster,
        )
        for video_id, title in zip(_VIDEOS, facts.titles, strict=False)
    )  # fmt: skip
    edition = Edition(
        edition_id="2026-02-19-0700", state="review", state_at=_ASKED, created_at=_ASKED,
        since=_ASKED - 7 * 86400, until=_ASKED, videos=videos, more=3, recipients=1204,
        approve_by=_ASKED + 7 * 86400,
    )  # fmt: skip
    newsletter = mails.NewsletterIdentity(
        facts.organisation, f"news.{facts.mail_domain}", facts.mail_domain, facts.site_url
    )
    mail = mails.write(edition, videos, language, newsletter)
    yield "edition", mails.compose(mail, to=facts.reader, token=_TOKEN, identity=newsletter)
    for name, approval in (("preview", "required"), ("preview-automatic", "automatic")):
        shown = mails.with_banner(mail, edition, approval, edition.recipients)
        raw = mails.compose(shown, to=facts.reader, token=None, identity=newsletter)
        yield f"edition-{name}", raw


async def read_all() -> list[Preview]:
    """Return what a fresh process writes.

    Raises:
        RuntimeError: a mail cannot be written; the message says why.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.local.mail_previews"),
        cwd=_PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            written, complaints = await process.communicate()
    except TimeoutError:
        process.kill()
        raise RuntimeError("Writing the mails took too long.") from None
    if process.returncode != 0:
        raise RuntimeError(complaints.decode(errors="replace"))
    return [Preview(**one) for one in json.loads(written)]


def page(previews: list[Preview]) -> str:
    """Return the page that shows every mail, a row for each, a column for each language."""
    rows: dict[str, list[Preview]] = {}
    for preview in previews:
        rows.setdefault(preview.name, []).append(preview)
    links = "".join(f'<a href="#{name}">{name}</a> ' for name in rows)
    mails = "".join(_row(name, row) for name, row in rows.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        "<title>Every mail · Newsreel, local</title>"
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/mailbox/mailbox.css"></head>'
        '<body class="previews"><header class="bar"><h1>Every mail</h1>'
        '<p class="facts">Written just now from sample facts, in every language.</p>'
        f'<a href="/mailbox">Mailbox</a></header><nav aria-label="Mails">{links}</nav>'
        f"<main>{mails}</main></body></html>"
    )


def _row(name: str, row: list[Preview]) -> str:
    cells = "".join(
        f'<article lang="{one.language}"><h3>{escape(one.subject)}</h3>'
        f'<iframe sandbox title="{name}, {one.language}" src="{one.address}" loading="lazy">'
        f'</iframe><details><summary lang="en">Text</summary><pre>{escape(one.text)}</pre>'
        "</details></article>"
        for one in row
    )
    return f'<section id="{name}"><h2>{name}</h2><div class="pair">{cells}</div></section>'


if __name__ == "__main__":
    print(json.dumps([asdict(one) for one in write_all()]))
