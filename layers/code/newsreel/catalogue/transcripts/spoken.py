"""Decides how spoken words become turns: who speaks, what is a question, where paragraphs break."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from newsreel.catalogue.findings import Finding
from newsreel.catalogue.model import Speaker, Turn, TurnKind
from newsreel.catalogue.transcripts import marks
from newsreel.catalogue.transcripts.folding import tidy
from newsreel.catalogue.transcripts.labels import QUESTION, Labels

PARAGRAPH_PAUSE = 2000
"""Milliseconds of silence after a sentence that begin a new paragraph in timed text."""

_MOST_KNOWN = 20
_PLAIN = re.compile(r"[^\W\d_][\w .,'\u2019&-]*")
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


People: TypeAlias = tuple[tuple[str, str | None], ...]
"""The names in a transcript, each with a role if it has one."""


def people_in(turns: Iterable[Turn]) -> People:
    """Return whom the turns name: a label may be read as another one of them.

    Those of metadata.json alone are known to a reader. Who has a role is one of them; of the others
    as many are looked at as there may be, for a hostile file names thousands.
    """
    named = dict.fromkeys((turn.speaker, turn.role) for turn in turns if turn.speaker)
    return tuple(sorted(named, key=lambda one: one[1] is None)[:_MOST_KNOWN])


def write_label(
    turn: Turn, people: People, *, own_line: bool = False, exact: bool = False
) -> str | None:
    """Return a label that is read as this turn's speaker, role and kind; None for nobody.

    It is what a person would write, wherever that cannot be misread: ``own_line`` tells whether it
    stands alone, ``exact`` that it must be marked.
    """
    question = turn.kind == "question"
    return _label(
        turn.role, turn.speaker, people, question=question, own_line=own_line, exact=exact
    )


@lru_cache(maxsize=1024)
def _label(
    role: str | None,
    speaker: str | None,
    people: People,
    *,
    question: bool,
    own_line: bool,
    exact: bool,
) -> str | None:
    name = " ".join(part for part in (role, speaker) if part) or None
    if name is None and not (question and exact):
        return QUESTION if question else None
    label = f"{QUESTION} ({name})" if question else name or ""
    meant = (question, speaker, role)
    readable = all(part is None or _PLAIN.fullmatch(part) for part in (role, speaker))
    if (
        exact
        or not readable
        or any(
            _read(label, labels, own_line=own_line) != meant
            for labels in _readers(role, speaker, people)
        )
    ):
        return marks.exact_label(question=question, role=role, name=speaker)
    return label


@lru_cache(maxsize=1024)
def write_voice(
    role: str | None, speaker: str | None, people: People, *, question: bool
) -> str | None:
    """Return the text of a WebVTT voice span; None for nobody.

    A voice is markup, so it is surely a label: it is marked only where its parts would be misread.
    """
    name = " ".join(part for part in (role, speaker) if part) or None
    if name is None:
        return QUESTION if question else None
    label = f"{QUESTION} ({name})" if question else name
    readable = all(part is None or _PLAIN.fullmatch(part) for part in (role, speaker))
    for labels in _readers(role, speaker, people):
        found = labels.voice(label)
        read_as = (found.question, *labels.who(found.name))
        readable = readable and read_as == (question, speaker, role)
    return label if readable else marks.exact_label(question=question, role=role, name=speaker)


def _readers(role: str | None, speaker: str | None, people: People) -> list[Labels]:
    """Return who may read a label: one who knows this speaker alone, one who knows all of them."""
    # Only known speakers have a role, and then their names are known where it is read.
    own = {speaker: role} if speaker and role else {}
    others = {name: office for name, office in people if name != speaker}
    every = [Speaker(name=name, role=office) for name, office in {**others, **own}.items()]
    alone = [Speaker(name=name, role=office) for name, office in own.items()]
    return [Labels(alone), Labels(every)] if others else [Labels(alone)]


def _read(
    label: str, labels: Labels, *, own_line: bool
) -> tuple[bool, str | None, str | None] | None:
    """Return whether a label is read as a question, and who it names, wherever it stands."""
    rest = "" if own_line else "x"
    found = labels.begins(label if own_line else f"{label}: {rest}", own_line=own_line)
    if found is None or found.sureness != "sure" or found.rest != rest:
        return None
    return found.label.question, *labels.who(found.label.name)


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
    labels = Labels(speakers)
    for entry in map(_tidied, spoken):
        paragraphs = list(entry.paragraphs or _paragraphs(entry.cues))
        if not paragraphs:
            continue
        asked = asked or entry.question
        kind: TurnKind = "question" if entry.question else "answer" if asked else "statement"
        name, role = labels.who(entry.label)
        turns.append(
            Turn(
                number=len(turns) + 1,
                speaker=name,
                role=role,
                kind=kind,
                text=paragraphs,
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
        text = cue.text.replace("\n", " ")
        paused = cue.start - last_end >= PARAGRAPH_PAUSE
        if not paragraphs or (paused and _SENTENCE_END.search(paragraphs[-1][-1])):
            paragraphs.append([])
        paragraphs[-1].append(text)
        last_end = cue.end
    return [" ".join(parts) for parts in paragraphs]


def _tidied(entry: Spoken) -> Spoken:
    """Return words as they are kept: lines without needless spaces, none of them empty."""
    cues = [replace(cue, text=_tidy_lines(cue.text)) for cue in entry.cues]
    paragraphs = [tidy(text) for text in entry.paragraphs]
    return replace(
        entry,
        paragraphs=tuple(text for text in paragraphs if text),
        cues=tuple(cue for cue in cues if cue.text),
    )


def _tidy_lines(text: str) -> str:
    return "\n".join(line for line in map(tidy, text.split("\n")) if line)
