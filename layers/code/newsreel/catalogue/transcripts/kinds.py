"""Decides what a text file is by its content: captions, text, or no transcript at all."""

import re

from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.transcripts import cue_blocks

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


def is_captions(text: str) -> bool:
    """Tell whether a text is captions, whatever it is called."""
    return text.lstrip().startswith("WEBVTT") or cue_blocks.has_timings(text)


def refuse_others(text: str) -> None:
    """Refuse what is text, but no transcript.

    Raises:
        RejectedError: ``other_form`` or ``checksums_listed``.
    """
    start = text[:2000].lstrip("\ufeff \t\n")
    for pattern, name in _OTHER_FORMS:
        if pattern.match(start):
            raise RejectedError("other_form", form=name)
    lines = [line[:400] for line in text[:100_000].split("\n") if line.strip()][:_FIRST_LINES]
    sums = sum(_CHECKSUM.fullmatch(line) is not None for line in lines)
    if sums and sums * 2 >= len(lines):
        raise RejectedError("checksums_listed")
