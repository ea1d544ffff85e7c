"""Decides what a plain text says: labels on their own lines or before a colon, paragraphs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.model import Speaker, Turn
from newsreel.catalogue.transcripts import attribution, kinds, label_forms, marks, spoken
from newsreel.catalogue.transcripts.evidence import Line
from newsreel.catalogue.transcripts.labels import NOBODY, Labels
from newsreel.catalogue.transcripts.spoken import Reading, Spoken

_RULE = re.compile(r"\s*([-=_*~#])\1{2,}\s*")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def read(text: str, speakers: Sequence[Speaker] = ()) -> Reading:
    """Read a transcript as press offices type it.

    Raises:
        RejectedError: ``no_words``.
    """
    labels = Labels(speakers)
    lines = [replace(line, text=part) for line in _lines(text) for part in labels.parts(line.text)]
    segments, findings = attribution.attribute(lines, labels, timed=False)
    turns = [
        Spoken(
            segment.label.name,
            segment.label.question,
            tuple(words for _block, words in attribution.joined(segment.pieces, " ")),
        )
        for segment in segments
    ]
    if not turns:
        raise RejectedError("no_words")
    return spoken.make_reading(turns, speakers, findings)


def write(turns: Sequence[Turn]) -> str:
    """Write turns in the form that ``read`` reads, ending with a line end."""
    blocks: list[str] = []
    people = spoken.people_in(turns)
    for turn in turns:
        label = spoken.write_label(turn, people, own_line=True)
        if label is None and turn.number > 1:
            label = NOBODY
        named = turn.speaker is not None and turn.kind != "question"
        blocks += [label] if label else []
        blocks += [_safe(text, first=n == 0, named=named) for n, text in enumerate(turn.text)]
    return "\n\n".join(blocks) + "\n"


@lru_cache(maxsize=1024)
def _safe(text: str, *, first: bool, named: bool) -> str:
    doubtful = named and not first and attribution.asks(text)
    if (
        doubtful
        or _RULE.fullmatch(text)
        or kinds.may_be_other(text)
        or marks.begins_with_a_mark(text)
        or label_forms.may_hold_label(text, own_line=True)
    ):
        return marks.protect(text)
    return text


def _lines(text: str) -> Iterator[Line]:
    # Text with blank lines has paragraphs between them, possibly wrapped; text without any has one
    # paragraph a line.
    wrapped = _BLANK_LINE.search(text.strip()) is not None
    lines = text.split("\n")
    block = 0
    for place, line in enumerate(lines):
        if not line.strip():
            block += 1
            continue
        if _RULE.fullmatch(line):
            continue  # drawn under a label
        opens = not wrapped or place == 0 or not lines[place - 1].strip()
        below = lines[place + 1] if wrapped and place + 1 < len(lines) else ""
        block += not wrapped
        yield Line(line.strip(), place + 1, block, opens, below if below.strip() else None)
