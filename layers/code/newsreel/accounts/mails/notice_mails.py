"""Decides what notices say: what happened to the account, when, what to do if it was not you."""

from typing import Literal

from newsreel.accounts.records import Notice, NoticeKind
from newsreel.mail.dates import written_date, written_time
from newsreel.mail.message import Block, House, Letter
from newsreel.texts import messages

# Each block: its kind, its text's key, and where a link leads from the site's home.
_BLOCKS: dict[NoticeKind, tuple[tuple[Literal["words", "link"], str, str], ...]] = {
    "welcome": (("words", "lead", ""), ("link", "browse", "")),
    "password_changed": (
        ("words", "lead", ""),
        ("words", "not_you", ""),
        ("link", "reset", "#reset"),
    ),
    "new_sign_in": (
        ("words", "lead", ""),
        ("words", "device", ""),
        ("words", "not_you", ""),
        ("link", "reset", "#reset"),
    ),
}


def notice_letter(notice: Notice, *, language: str, house: House) -> Letter:
    """Return the mail of a notice."""

    def say(key: str) -> str:
        return messages.text(
            language,
            "mail",
            f"{notice.kind}.{key}",
            organisation=house.organisation,
            time=written_time(notice.requested_at),
            date=written_date(notice.requested_at, language),
            **notice.facts,
        )

    return Letter(
        language=language,
        kind=notice.kind,
        subject=say("subject"),
        preheader=say("preheader"),
        heading=say("heading"),
        blocks=tuple(
            Block(kind, say(key), house.page(language, place) if kind == "link" else "")
            for kind, key, place in _BLOCKS[notice.kind]
        ),
    )
