"""Decides what a text file is by its content: captions, text, or no transcript at all."""

import re

from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.transcripts import cue_blocks, marks

_LYRICS = r"\[\d{1,3}:\d\d\.\d{2,3}\](?![^\n]*:\s)[^\n]*"
_OTHER_FORMS = (
    (re.compile(r"\{\\rtf"), "RTF"),
    (re.compile(r"<\?xml(?:(?!<tt).){0,600}<tt|<tt[\s>]", re.IGNORECASE | re.DOTALL), "TTML"),
    (re.compile(r"<sami", re.IGNORECASE), "SAMI"),
    (re.compile(r"<\?xml", re.IGNORECASE), "XML"),
    (re.compile(r"<!doctype html|<html|<head|<body", re.IGNORECASE), "HTML"),
    (re.compile(r"\[script info\]|\[v4\+? styles\]", re.IGNORECASE), "ASS"),
    (re.compile(r"[{\[]\s*(?:[{\[]\s*)?\"[^\"\n]{1,80}\"\s*:"), "JSON"),
    (re.compile(r"\{\d+\}\{\d*\}"), "MicroDVD"),
    (re.compile(r"\d{1,2}:\d\d:\d\d\.\d{1,3},\d{1,2}:\d\d:\d\d\.\d{1,3}\s*\n"), "SBV"),
    # The lyrics of a player; a name and a colon behind the time is how people type who speaks.
    (re.compile(rf"(?:\[[a-z]{{2,6}}:[^\]\n]*\]\s*\n)*(?:{_LYRICS}(?:\n|$)){{3}}"), "LRC"),
    (re.compile(r"scenarist_scc", re.IGNORECASE), "SCC"),
    (re.compile(r"%PDF-"), "PDF"),
    (re.compile(r"#EXTM3U"), "M3U"),
)
_CHECKSUM = re.compile(
    r"\s*(?:\\?[0-9a-f]{32,128}\s+\*?\S.*|\S.{0,250}[\s:=]\s*[0-9a-f]{32,128}\s*|[0-9a-f]{32,128}\s*"
    r"|[0-9a-f]{8}\s+\*?\S+\.\w{2,4}\s*|\S+\.\w{2,4}\s+[0-9a-f]{8}\s*)",
    re.IGNORECASE,
)
_FIRST_LINES = 200
_START = 2000
_HEADER = re.compile(r"\s*WEBVTT(?=\s|$)", re.IGNORECASE)


def is_captions(text: str) -> bool:
    """Tell whether a text is captions, whatever it is called."""
    return _HEADER.match(text) is not None or cue_blocks.has_timings(text)


def refuse_others(text: str, *, captions: bool) -> None:
    """Refuse what is text, but no transcript.

    Raises:
        RejectedError: ``other_form`` or ``checksums_listed``.
    """
    name = _other_form(text[:_START].lstrip("\ufeff \t\n"))
    if name is not None:
        raise RejectedError("other_form", form=name)
    lines = [line[:400] for line in text[:100_000].split("\n") if line.strip()][:_FIRST_LINES]
    sums = sum(map(_is_checksum, lines))
    if not captions and sums and sums * 2 >= len(lines):
        raise RejectedError("checksums_listed")


def may_be_other(paragraph: str) -> bool:
    """Tell whether a text that began with this paragraph could be taken for something else."""
    start = paragraph[:_START]
    return (
        _HEADER.match(start) is not None
        or _other_form(start.lstrip("\ufeff")) is not None
        or _is_checksum(paragraph[:400])
        or cue_blocks.may_be_timing(paragraph)
    )


def _other_form(start: str) -> str | None:
    return next((name for pattern, name in _OTHER_FORMS if pattern.match(start)), None)


def _is_checksum(line: str) -> bool:
    return not marks.is_protected(line) and _CHECKSUM.fullmatch(line) is not None
