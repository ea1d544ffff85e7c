"""Decides how spoken words become turns: who speaks, what is a question, where paragraphs break."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from newsreel.catalogue.findings import Finding
from newsreel.catalogue.model import Speaker, Turn, TurnKind

QUESTION = "Question"
"""The line, voice or label under which questions stand when nobody is named."""

PARAGRAPH_PAUSE = 2000
"""Milliseconds of silence after a sentence that begin a new paragraph in timed text."""

_QUESTIONERS = frozenset({"question", "q", "journalist", "reporter", "media"})
_NAMED_QUESTION = re.compile(r"Question \((?P<name>.+)\)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.?!…][\"”»\u2019')\]]*$")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: ``start`` and ``end`` in milliseconds; lines of ``text`` as they are shown."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one person says in one go, before turns are numbered and given a kind."""

    label: str | None
    question: bool
    paragraphs: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a transcript file holds. ``cues[n]`` are those of turn n+1; empty when untimed."""

    turns: tuple[Turn, ...]
    cues: tuple[tuple[Cue, ...], ...]
    findings: tuple[Finding, ...] = ()

    @property
    def timed(self) -> bool:
        """Tell whether the words have times."""
        return any(self.cues)


def read_label(label: str) -> tuple[str | None, bool]:
    """Return the speaker a label names, and whether it marks a question.

    ``Question`` and ``Journalist`` name nobody; ``Question (Name)`` names who asks.
    """
    label = " ".join(label.split()).rstrip(":").strip()
    if named := _NAMED_QUESTION.fullmatch(label):
        return named["name"], True
    if label.casefold() in _QUESTIONERS:
        return None, True
    return (label or None), False


def write_label(turn: Turn) -> str | None:
    """Return the label that ``read_label`` and ``name_speakers`` turn into this turn again."""
    name = " ".join(part for part in (turn.role, turn.speaker) if part) or None
    if turn.kind == "question":
        return f"{QUESTION} ({name})" if name else QUESTION
    return name


def make_reading(
    spoken: Iterable[Spoken], speakers: Sequence[Speaker] = (), findings: Iterable[Finding] = ()
) -> Reading:
    """Give each turn its number and kind.

    What is said before the first question is a statement, what is not a question after it an
    answer. ``speakers`` (from metadata.json) split labels such as "NATO Secretary General Mark
    Rutte" into role and name.
    """
    turns: list[Turn] = []
    cues: list[tuple[Cue, ...]] = []
    asked = False
    for number, entry in enumerate(spoken, start=1):
        asked = asked or entry.question
        kind: TurnKind = "question" if entry.question else "answer" if asked else "statement"
        name, role = _name_speaker(entry.label, speakers)
        turns.append(
            Turn(
                number=number,
                speaker=name,
                role=role,
                kind=kind,
                text=list(entry.paragraphs or _paragraphs(entry.cues)),
                start=entry.cues[0].start / 1000 if entry.cues else None,
                end=max(cue.end for cue in entry.cues) / 1000 if entry.cues else None,
            )
        )
        cues.append(entry.cues)
    return Reading(tuple(turns), tuple(cues), tuple(findings))


def repair(cues: Sequence[Cue]) -> tuple[list[Cue], list[Finding]]:
    """Return cues in order of their start, each ending after it starts, and what was done.

    A cue that ends before it starts (``00:45.794 --> 00:45.685`` is real) lasts until the next one
    or as long as its words take to read; one without words is dropped.
    """
    findings: list[Finding] = []
    if any(second.start < first.start for first, second in pairwise(cues)):
        findings.append(Finding("cues_sorted"))
    ordered = sorted(cues, key=lambda cue: cue.start)
    kept: list[Cue] = []
    for cue, later in zip(ordered, _next_starts(ordered), strict=True):
        if not cue.text.strip():
            findings.append(Finding("cue_dropped", {"time": timestamp(cue.start)}))
        elif cue.end > cue.start:
            kept.append(cue)
        else:
            limit = cue.start + 3_600_000 if later is None else later
            end = min(limit, cue.start + _reading_time(cue.text))
            kept.append(replace(cue, end=end))
            values = {
                "start": timestamp(cue.start),
                "end": timestamp(cue.end),
                "repaired": timestamp(end),
            }
            findings.append(Finding("cue_repaired", values))
    return kept, findings


def _next_starts(ordered: Sequence[Cue]) -> list[int | None]:
    """Return for each cue when the first one begins that starts later, if any."""
    found: list[int | None] = []
    later: int | None = None
    for place in range(len(ordered) - 1, -1, -1):
        if place + 1 < len(ordered) and ordered[place + 1].start > ordered[place].start:
            later = ordered[place + 1].start
        found.append(later)
    return found[::-1]


def timestamp(milliseconds: int, separator: str = ".") -> str:
    """Write a time as ``HH:MM:SS.mmm`` (WebVTT, section 4.1; SRT uses a comma)."""
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{separator}{thousandths:03}"


def _reading_time(text: str) -> int:
    # 17 characters a second is the usual upper limit of subtitling guides.
    return max(1000, len(text) * 1000 // 17)


def _paragraphs(cues: Sequence[Cue]) -> list[str]:
    paragraphs: list[list[str]] = []
    last_end = 0
    for cue in cues:
        text = " ".join(cue.text.split())
        paused = cue.start - last_end >= PARAGRAPH_PAUSE
        if not paragraphs or (paused and _SENTENCE_END.search(paragraphs[-1][-1])):
            paragraphs.append([])
        paragraphs[-1].append(text)
        last_end = cue.end
    return [" ".join(parts) for parts in paragraphs]


def _name_speaker(label: str | None, speakers: Sequence[Speaker]) -> tuple[str | None, str | None]:
    if label is None:
        return None, None
    words = label.split()
    # Folded word by word: folding makes two letters of a sharp s, and places in the text move.
    folded = [word.casefold() for word in words]
    for speaker in speakers:
        name = speaker.name.casefold().split()
        length = len(name)
        if folded == name:
            return speaker.name, speaker.role
        if folded[-length:] == name:
            return speaker.name, " ".join(words[:-length])
        if folded[:length] == f"{speaker.name},".casefold().split() and words[length:]:
            return speaker.name, " ".join(words[length:])
    return label, None
