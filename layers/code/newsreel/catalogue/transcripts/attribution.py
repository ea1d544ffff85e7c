"""Decides who said each line: whose label stands last above it, or nobody where that is in doubt.

A wrong name is worse than none. So a line that may be a label, and a question that may be
somebody else's, end the words of the speaker before; the receipt tells which lines these are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.transcripts import label_forms, marks, wordlists
from newsreel.catalogue.transcripts.evidence import Evidence, Line
from newsreel.catalogue.transcripts.folding import fold, fold_words, tidy
from newsreel.catalogue.transcripts.labels import Candidate, Label, Labels

SHOWN = 80
"""Letters of a line that a receipt quotes."""
MOST_LINES = 100_000
"""Lines of words; two days of talk have fewer, and looking at these takes half a minute."""

_ASKS = re.compile(r"[?\u061f\uff1f\u037e]")
_YOU = fold_words("you your vous votre vos ти ви вам вас ваш ваша вы sie ihr usted ustedes lei siz")
_MOST_HEADINGS = 3


@dataclass(slots=True)
class Segment:
    """What one person says in one go; ``pieces`` are lines with the words left of them."""

    label: Label
    pieces: list[tuple[Line, str]] = field(default_factory=list)
    key: str = ""
    own_line: bool = False
    turn: str | None = None
    voiced: bool = False
    doubtful: bool = False


def attribute(
    lines: Sequence[Line], labels: Labels, *, timed: bool
) -> tuple[list[Segment], list[Finding]]:
    """Return who says which lines, and what is to be told of it.

    Raises:
        RejectedError: ``transcript_too_large``.
    """
    if len(lines) > MOST_LINES:
        raise RejectedError("transcript_too_large")
    attribution = _Attribution(labels, Evidence(lines, labels, timed=timed), timed=timed)
    for place, line in enumerate(lines):
        attribution.take(place, line)
    return attribution.result()


class _Attribution:
    def __init__(self, labels: Labels, evidence: Evidence, *, timed: bool) -> None:
        self._labels, self._evidence, self._timed = labels, evidence, timed
        self._segments: list[Segment] = []
        self._findings: list[Finding] = []
        self._dashed = False

    @property
    def _last(self) -> Segment | None:
        return self._segments[-1] if self._segments else None

    def take(self, place: int, line: Line) -> None:
        """Give a line to its speaker."""
        found = self._evidence.candidates[place]
        if line.voice is not None:
            self._take_voiced(line, line.voice, found)
            return
        if line.turn is not None and (self._last is None or self._last.turn != line.turn):
            self._segments.append(Segment(Label(None), turn=line.turn))
        verdict = "words" if found is None else self._verdict(found)
        if found is not None and verdict == "label":
            self._begin(found, line)
            self._say(line, found.rest)
            return
        code = "label_unsure" if verdict == "doubt" else self._doubt_about(place, line)
        if code is None:
            self._say(line, marks.unprotect(line.text))
        else:
            self._name_nobody(line, code)

    def result(self) -> tuple[list[Segment], list[Finding]]:
        """Return the segments without headings, which are told."""
        kept: list[Segment] = []
        for place, segment in enumerate(self._segments):
            last = place + 1 == len(self._segments)
            if segment.pieces and not (self._is_heading(place) and not last):
                kept.append(segment)
            elif segment.pieces:
                for line, text in segment.pieces:
                    self._drop_heading(text, line.number)
            elif segment.own_line and not last and not self._is_certain(segment):
                self._drop_heading(segment.label.name or segment.key, None)
        return kept, self._findings

    def _take_voiced(self, line: Line, voice: Label, found: Candidate | None) -> None:
        last = self._last
        goes_on = (
            last is not None
            and last.voiced
            and last.turn == line.turn
            and (not voice.exact or line.turn is not None)
            and self._evidence.identity(voice) == self._evidence.identity(last.label)
        )
        if not goes_on:
            key = fold(voice.name or "")
            self._segments.append(Segment(voice, key=key, turn=line.turn, voiced=True))
        if found is not None and found.sureness == "sure" and found.form != "line":
            self._begin(found, line)
            self._say(line, found.rest)
        else:
            self._say(line, marks.unprotect(line.text))

    def _verdict(self, found: Candidate) -> str:
        last = self._last
        if found.form != "line":
            return self._evidence.of_inline(found)
        follows = last is not None and not last.pieces and not last.doubtful
        if last is None or not follows or found.sureness == "sure":
            answers = last is not None and last.label.question
            begins = not any(segment.key for segment in self._segments)
            return self._evidence.of_line(found, begins=begins, answers=answers)
        # Right after a label stands what that person said, be it as short as a name: "Thank You".
        # Only the first label may turn out to be the heading above a second one.
        if self._evidence.repeats(found) and found.key != last.key:
            return "label"
        if len(self._segments) > 1 or self._is_certain(last):
            return "words"
        return "label" if found.sureness == "likely" else "doubt"

    def _is_certain(self, segment: Segment) -> bool:
        name = segment.label.name
        return segment.label.question or (
            name is not None and self._labels.names.find(name) is not None
        )

    def _begin(self, found: Candidate, line: Line) -> None:
        label, last, own = found.label, self._last, found.form == "line"
        if label.answer and label.name is None:
            label = Label(self._evidence.answerer)
        named = label.name is not None and not label.exact and not label.question
        if last is not None and named and not own and not last.own_line and not last.doubtful:
            # Programs write the name before everything that the same person says.
            same = self._evidence.identity(label) == self._evidence.identity(last.label)
            if same and last.turn is None:
                return
        self._segments.append(Segment(label, key=found.key, own_line=own, turn=line.turn))

    def _say(self, line: Line, text: str) -> None:
        words = tidy(text)
        if not words:
            return
        if not self._segments:
            self._segments.append(Segment(Label(None), turn=line.turn))
        self._segments[-1].pieces.append((line, words))

    def _name_nobody(self, line: Line, code: str) -> None:
        last = self._last
        somebody = last is None or last.label.name is not None or last.label.question
        if somebody or code == "label_unsure":
            values: dict[str, str | int] = {"line": line.number, "text": quote(line.text)}
            self._findings.append(Finding(code, values))
        if somebody or (code == "label_unsure" and last is not None and not last.doubtful):
            self._segments.append(Segment(Label(None), turn=line.turn, doubtful=True))
        self._say(line, line.text)

    # when words may be somebody else's

    def _doubt_about(self, place: int, line: Line) -> str | None:
        last = self._last
        dashed = label_forms.lead_in(line.text.lstrip())[1]
        before, self._dashed = self._dashed, dashed
        if last is None or marks.is_protected(line.text):
            return None
        if last.voiced and (last.label.name is not None or last.label.question):
            return "cue_without_voice"
        if last.label.name is None:
            return None
        if dashed and (
            self._timed
            or line.text.startswith(">")
            or asks(line.text)
            or (before and last.doubtful)
        ):
            return "change_unsure"
        return "question_unsure" if self._may_be_asked(place, line, last) else None

    def _may_be_asked(self, place: int, line: Line, last: Segment) -> bool:
        if not asks(line.text) or last.label.question or not last.pieces:
            return False
        if last.pieces[-1][0].block == line.block and not self._timed:
            return False
        if self._evidence.next_speakers[place] == self._evidence.identity(last.label):
            return True
        name, role = self._labels.who(last.label.name)
        if name and self._labels.names.addresses(line.text, name, role):
            return True
        if self._evidence.asks:
            return False
        return self._timed or any(word in _YOU for word in fold_words(line.text))

    # what stands above a label without words of its own

    def _is_heading(self, place: int) -> bool:
        segment = self._segments[place]
        if self._timed or not segment.doubtful:
            return False
        short = all(label_forms.may_be_own_line(line.text) for line, _ in segment.pieces)
        return short and len(segment.pieces) <= (_MOST_HEADINGS if place == 0 else 1)

    def _drop_heading(self, text: str, number: int | None) -> None:
        self._findings = [
            one
            for one in self._findings
            if one.code != "label_unsure" or one.values["line"] != number
        ]
        self._findings.append(Finding("heading_dropped", {"heading": text[:SHOWN]}))


def asks(text: str) -> bool:
    """Tell whether a text holds a question, or begins like one to somebody: captions lack marks."""
    if _ASKS.search(text):
        return True
    words = fold_words(text[: 2 * SHOWN])
    return bool(words) and words[0] in wordlists.QUESTION_WORDS and any(w in _YOU for w in words)


def quote(text: str) -> str:
    """Return the beginning of a line, as a receipt shows it."""
    text = tidy(marks.plain(text[: 4 * SHOWN]))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "\u2026"


def joined(pieces: Sequence[tuple[Line, str]], between: str) -> list[tuple[int, str]]:
    """Return the words of each block, by its number, lines joined."""
    blocks: dict[int, list[str]] = {}
    for line, text in pieces:
        blocks.setdefault(line.block, []).append(text)
    return [(block, between.join(texts)) for block, texts in blocks.items()]
