"""Decides how the text pages are built from ``texts/<language>/texts.json``.

A key gives the position of its text: ``help.curl.heading``, ``help.curl.1`` (a paragraph),
``help.curl.item.1`` (of a list), ``help.curl.code.1`` (a command). In a paragraph or item,
``[words](/help)`` is a link within the page's own language, ``{contact}`` is whom people write to,
and `` `words` `` is code.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Literal

from markupsafe import Markup, escape
from newsreel import terms
from newsreel.downloads import tokens
from newsreel.pages import formatting
from newsreel.policy import DAY, HOUR, MINUTE, POLICY
from newsreel.texts import messages

TEXT_PAGES = ("terms", "privacy", "accessibility", "help", "link")
_KINDS: dict[str, Literal["list", "code"]] = {"item": "list", "code": "code"}
_LINK = re.compile(r"\[([^\]]+)\]\((#?[/\w#-]+|mailto:[^\s()]+)\)")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """Paragraphs, the items of one list, or the lines of one command."""

    kind: Literal["words", "list", "code"]
    texts: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks under one heading; the first section of a page has no heading."""

    name: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class TextPage:
    """One page of text."""

    title: str
    description: str
    sections: tuple[Section, ...] = field(repr=False)


def text_page(page: str, language: str, organisation: str, contact: str = "") -> TextPage:
    """Return a page in a language, filled in with the numbers that the service obeys.

    ``contact`` is the address that people may write to; without one pages name the press office.
    """
    texts = _texts_of(page, language, organisation, contact)
    sections = []
    for name, section_keys in groupby(
        (key for key in texts if key.count(".") > 1), lambda key: key.split(".")[1]
    ):
        keys = list(section_keys)
        heading = texts.get(f"{page}.{name}.heading", "")
        body = [key for key in keys if not key.endswith(".heading")]
        sections.append(Section(name, heading, _blocks(body, texts, language)))
    if page == "terms":
        sections += _versions(language, texts["terms.version"])
    return TextPage(texts[f"{page}.title"], texts[f"{page}.description"], tuple(sections))


def _texts_of(page: str, language: str, organisation: str, contact: str) -> dict[str, str]:
    office = messages.text(language, "texts", "contact.nobody", organisation=organisation)
    written_to = f"[{contact}](mailto:{contact})" if contact else office
    values = {"organisation": organisation, "contact": written_to, **_numbers()}
    # The version and date of terms are filled in later, and code may contain braces.
    return {
        key: re.sub(r"{(\w+)}", lambda match: str(values.get(match[1], match[0])), text)
        for key, text in messages.catalogue(language, "texts").items()
        if key.split(".")[0] == page
    }


def _blocks(keys: list[str], texts: dict[str, str], language: str) -> tuple[Block, ...]:
    return tuple(
        Block(kind, tuple(_marked(texts[key], language) for key in block_keys))
        for kind, block_keys in groupby(keys, _kind)
    )


def _kind(key: str) -> Literal["words", "list", "code"]:
    return _KINDS.get(key.split(".")[2], "words")


def _marked(text: str, language: str) -> Markup:
    home = messages.home(language)

    def link(match: re.Match[str]) -> str:
        is_whole = match[2].startswith(("#", "mailto:"))
        target = match[2] if is_whole else home + match[2].removeprefix("/")
        return f'<a href="{target}">{match[1]}</a>'

    written = _LINK.sub(link, str(escape(text)))
    return Markup(_CODE.sub(r"<code>\1</code>", written))  # noqa: S704 - escaped above


def _versions(language: str, heading: str) -> list[Section]:
    """Return every version of the terms, the newest first."""
    sections = []
    for version in reversed(terms.VERSIONS):
        day = datetime.fromtimestamp(version.effective_at, UTC).isoformat()
        title, paragraphs = terms.text_of(version, language)
        lines = (
            heading.replace("{version}", version.version).replace(
                "{date}", formatting.date(language, day)
            ),
            *paragraphs,
        )
        block = Block("words", tuple(_marked(line, language) for line in lines))
        sections.append(Section(f"v{version.version}", title, (block,)))
    return sections


def _numbers() -> dict[str, int]:
    return {
        "code_minutes": POLICY.code.life // MINUTE,
        "code_tries": POLICY.code.tries,
        "resend_seconds": POLICY.code.resend_waits[0],
        "flow_hours": POLICY.code.flow_life // HOUR,
        "idle_hours": POLICY.session.idle // HOUR,
        "absolute_days": POLICY.session.absolute // DAY,
        "kept_idle_days": POLICY.session.kept_idle // DAY,
        "kept_days": POLICY.session.kept_absolute // DAY,
        "device_days": POLICY.session.device_life // DAY,
        "failure_hours": POLICY.log_in.forget_after // HOUR,
        "download_days": POLICY.retention.downloads // DAY,
        "journal_months": POLICY.retention.journal // (30 * DAY),
        "unused_months": POLICY.retention.unused // (30 * DAY),
        "unused_notice_days": POLICY.retention.unused_notice // DAY,
        "notice_days": POLICY.retention.notices // DAY,
        "mail_days": POLICY.incoming_mail.kept // DAY,
        "trail_days": POLICY.retention.trail // DAY,
        "suppression_days": POLICY.retention.suppression // DAY,
        "edition_days": POLICY.retention.editions // DAY,
        "mark_days": POLICY.retention.edition_marks // DAY,
        "count_days": POLICY.longest_window() // DAY,
        "log_days": POLICY.retention.logs // DAY,
        "copy_days": POLICY.retention.copies // DAY,
        "link_days": tokens.LIFE // DAY,
    }
