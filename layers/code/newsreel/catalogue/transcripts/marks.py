"""Decides how what we write says exactly what a line is, where its words alone could mislead.

Both marks are invisible. They stand only where a reader would otherwise have to guess, so that
reading what was written gives the same turns.
"""

import html
import re

WORDS = "\u2060"
"""WORD JOINER before a line: these are words, by the same speaker as before."""

LABEL = "\u2063"
"""INVISIBLE SEPARATOR around the parts of a label: question, role, name."""

_MARKS = re.compile(f"[{WORDS}{LABEL}]")
_OPENS = re.compile(rf"<(?=[A-Za-z0-9/:])|\{{(?=\\)|&(?=#|[A-Za-z])|[<{{&](?={WORDS})")
_OPENS_UNESCAPED = re.compile(rf"\{{(?=\\)|[<{{&](?={WORDS})")
_OPENED = re.compile(rf"([<{{&]){WORDS}")
_LABEL_PARTS = 5
_LONGEST_REFERENCE = 40


def protect(line: str) -> str:
    """Return a line as words that no reader takes for anything else."""
    return WORDS + line


def is_protected(line: str) -> bool:
    """Tell whether a line is marked as words."""
    return line.startswith(WORDS)


def begins_with_a_mark(line: str) -> bool:
    """Tell whether a line begins with what a reader would take for a mark and remove."""
    return line.startswith((WORDS, LABEL, "\ufeff"))


def unprotect(line: str) -> str:
    """Return a line without its mark."""
    return line.removeprefix(WORDS)


def break_markup(text: str) -> str:
    """Return text in which nothing is a tag or a character reference, for SRT has no escape."""
    return _OPENS.sub(lambda found: _broken(text, found), text)


def break_braces(text: str) -> str:
    """Return text in which nothing is markup that WebVTT cannot escape."""
    return _OPENS_UNESCAPED.sub(lambda found: found[0] + WORDS, text)


def _broken(text: str, found: re.Match[str]) -> str:
    ahead = text[found.start() : found.start() + _LONGEST_REFERENCE]
    # "R&D" is no character reference.
    harmless = found[0] == "&" and html.unescape(ahead)[:2] == ahead[:2] != f"&{WORDS}"
    return found[0] if harmless and "&amp" not in ahead.casefold() else found[0] + WORDS


def mend_markup(text: str) -> str:
    """Return text as it was before ``break_markup``."""
    return _OPENED.sub(r"\1", text)


def exact_label(*, question: bool, role: str | None, name: str | None) -> str:
    """Return a label that names its parts."""
    parts = ("Question " if question else "", f"{plain(role)} " if role else "", plain(name or ""))
    return LABEL + "".join(part + LABEL for part in parts)


def read_exact_label(label: str) -> tuple[bool, str | None, str | None] | None:
    """Return whether it is a question, the role and the name; None when the label has no marks."""
    parts = label.split(LABEL)
    if len(parts) != _LABEL_PARTS or parts[0] or parts[-1]:
        return None
    return bool(parts[1]), parts[2].strip() or None, parts[3].strip() or None


def plain(text: str) -> str:
    """Return text without marks."""
    return _MARKS.sub("", text)
