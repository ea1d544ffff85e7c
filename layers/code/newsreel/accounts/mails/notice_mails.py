"""Decides what notices say: what happened to the account, when, what to do if it was not you."""

from typing import Literal

from newsreel.accounts.records import Notice, NoticeKind
from newsreel.mail.dates import written_date, written_time
from newsreel.mail.message import Block, Mail, SenderIdentity
from newsreel.texts import messages

_UNDO = "undo#"
"""The page that undoes a change of address; the token follows."""

# Each block: its kind, its text's key, and where a link leads from the site's home.
_BLOCKS: dict[NoticeKind, tuple[tuple[Literal["words", "link"], str, str], ...]] = {
    "welcome": (("words", "lead", ""), ("link", "browse", "")),
    "password_changed": (
        ("words", "lead", ""),
        ("words", "not_you", ""),
        ("link", "reset", "#reset"),
    ),
    "password_replaced": (
        ("words", "lead", ""),
        ("words", "not_you", ""),
        ("link", "reset", "#reset"),
    ),
    "key_created": (
        ("words", "lead", ""),
        ("words", "not_you", ""),
        ("link", "reset", "#reset"),
    ),
    "email_changed": (
        ("words", "lead", ""),
        ("words", "not_you", ""),
        ("link", "undo", _UNDO),
    ),
    "email_change_undone": (
        ("words", "lead", ""),
        ("words", "how", ""),
        ("link", "reset", "#reset"),
    ),
    "account_unused": (("words", "lead", ""), ("words", "how", ""), ("link", "log_in", "#log-in")),
    "reset_asked": (("words", "lead", ""), ("words", "how", ""), ("link", "reset", "#reset")),
    "account_deleted": (("words", "lead", ""), ("words", "kept", ""), ("words", "not_you", "")),
    "new_sign_in": (
        ("words", "lead", ""),
        ("words", "device", ""),
        ("words", "not_you", ""),
        ("link", "reset", "#reset"),
    ),
}

# Sentences that name a fact; where it is not known, another one stands in their place.
_NAMING: dict[tuple[NoticeKind, str], str] = {
    ("new_sign_in", "preheader"): "device",
    ("new_sign_in", "device"): "device",
}


def notice_mail(
    notice: Notice, *, language: str, identity: SenderIdentity, undo_token: str = ""
) -> Mail:
    """Return the mail of a notice; ``undo_token`` is that of a change of address."""

    def say(key: str) -> str:
        known = key if _is_known(key, notice) else f"{key}.unknown"
        return messages.text(
            language,
            "mail",
            f"{notice.kind}.{known}",
            organisation=identity.organisation,
            time=written_time(notice.requested_at),
            date=written_date(notice.requested_at, language),
            **notice.facts,
        )

    def place_of(place: str) -> str:
        return identity.page(language, place + undo_token if place == _UNDO else place)

    return Mail(
        language=language,
        kind=notice.kind,
        subject=say("subject"),
        preheader=say("preheader"),
        heading=say("heading"),
        blocks=tuple(
            Block(
                kind,
                say(key),
                place_of(place) if kind == "link" else "",
            )
            for kind, key, place in _BLOCKS[notice.kind]
        ),
    )


def _is_known(key: str, notice: Notice) -> bool:
    fact = _NAMING.get((notice.kind, key))
    return fact is None or bool(notice.facts.get(fact))
