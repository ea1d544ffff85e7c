"""Decides which marks in a cue are markup, and which are words.

Tags that WebVTT, SRT and editing programs know are taken off, character references are read as HTML
has them; anything else in angle or curly brackets is words, and stays.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsreel.catalogue.transcripts import marks

# No tag holds "<": without that, a text full of tags that never end takes hours.
_VOICE = re.compile(r"<v(\.[^\s<>]*)?(?:\s([^<>]*))?>|</v\s*>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:c|i|b|u|s|ruby|rt|lang|font|span|p|em|strong|div|tt)(?:[.\s][^<>]*)?/?>"
    r"|<[\d:.,]{1,20}>|\{\\[^{}]*\}",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br(?:\s[^<>]*)?/?>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,8}|#\d{1,10}|[A-Za-z][A-Za-z0-9]{1,31});?")
_NO_WORDS = re.compile(r"[-\u2010-\u2015\u2212>\s\u2022]*")


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a cue in one voice; ``voice`` is None where none is given."""

    voice: str | None
    asks: bool
    lines: tuple[tuple[int, str], ...]


def parts(lines: list[tuple[int, str]]) -> Iterator[Part]:
    """Return the lines of a cue by voice, as words."""
    voice: str | None = None
    asks = False
    held: list[tuple[int, str]] = []
    for number, line in lines:
        for text, change in _pieces(_BREAK.sub("\n", line)):
            held += [(number, piece) for piece in text.split("\n") if piece.strip()]
            if change is None:
                continue
            while held and _NO_WORDS.fullmatch(words(held[-1][1])):
                held.pop()  # a dash before the next voice
            if held:
                yield Part(voice, asks, tuple((n, words(piece)) for n, piece in held))
            held = []
            voice, asks = change
    if held or voice is None:
        yield Part(voice, asks, tuple((n, words(piece)) for n, piece in held))


def escape(text: str) -> str:
    """Return text as WebVTT writes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pieces(line: str) -> Iterator[tuple[str, tuple[str | None, bool] | None]]:
    """Return the stretches of a line, each with the voice that begins behind it, if any."""
    place = 0
    for tag in _VOICE.finditer(line):
        name = unescape(tag[2]).strip() if tag[2] else None
        classes = (tag[1] or "").casefold().split(".")
        yield line[place : tag.start()], (name or None, "question" in classes)
        place = tag.end()
    yield line[place:], None


def words(text: str) -> str:
    """Return a line of a cue without its markup."""
    return marks.mend_markup(unescape(_TAG.sub("", text))).strip()


def unescape(text: str) -> str:
    """Return text with character references read as HTML reads them."""
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text
