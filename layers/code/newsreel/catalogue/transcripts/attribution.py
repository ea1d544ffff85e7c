"""Decides who said each line: whose label stands last above it, or nobody where that is in doubt.

A wrong name is worse than none. So a line that may be a label, and a question that may be
somebody else's, end the words of the speaker before; the receipt tells which lines these are.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.transcripts import label_forms, marks, wordlists
from newsreel.catalogue.transcripts.folding import fold, fold_words, tidy
from newsreel.catalogue.transcripts.labels import Candidate, Label, Labels

SHOWN = 80
"""Letters of a line that a receipt quotes."""
MOST_LINES = 100_000
"""Lines of words; two days of talk have fewer, and looking at these takes half a minute."""

_SENTENCE_END = re.compile(
    r"[.?!\u2026:\u061f\uff1f\u3002\uff01\])\"\u201d\u00bb][\"\u201d\u00bb\u2019')\]]*\s*$"
)
_ASKS = re.compile(r"[?\u061f\uff1f\u037e]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_YOU = fold_words("you your vous votre vos ти ви вам вас ваш ваша вы sie ihr usted ustedes lei siz")
_REPEATED = 2
_OFTEN = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a transcript. ``block`` is its paragraph or cue; ``number`` counts from 1."""

    text: str
    number: int
    block: int
    opens: bool = True
    following: str | None = None
    """The next line of the same block."""
    voice: Label | None = None
    turn: str | None = None
    """The turn that our own writer noted."""


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
    return _Attribution(lines, labels, timed=timed).run()


class _Attribution:
    def __init__(self, lines: Sequence[Line], labels: Labels, *, timed: bool) -> None:
        self._lines, self._labels, self._timed = lines, labels, timed
        self._found = [self._candidate(line, n) for n, line in enumerate(lines)]
        self._counts = Counter(
            one.key for one in self._found if one is not None and one.sureness != "doubt"
        )
        self._capitals = len(
            {
                one.key
                for one in self._found
                if one and one.shape == "capitals" and one.form == "colon"
            }
        )
        self._common = self._small_words()
        self._asks = any(
            one is not None and one.label.question and one.sureness == "sure" for one in self._found
        ) or any(line.voice is not None and line.voice.question for line in lines)
        self._next_key = self._following_keys()
        self._answerer = self._who_answers()
        self._segments: list[Segment] = []
        self._findings: list[Finding] = []
        self._dashed = False

    def run(self) -> tuple[list[Segment], list[Finding]]:
        for place, line in enumerate(self._lines):
            self._take(place, line)
        return self._without_headings(), self._findings

    # who a line may name

    def _candidate(self, line: Line, place: int) -> Candidate | None:
        text = line.text
        previous = self._lines[place - 1] if place else None
        ended = previous is None or line.opens or _ends_sentence(previous.text)
        own = line.opens or ended
        if self._timed:
            own = self._may_be_caption_label(line, previous)
        found = self._labels.begins(text, own_line=own)
        if found is None:
            return None
        if found.form == "line" and not found.label.exact and found.sureness != "sure":
            if not line.opens or _begins_small(line.following):
                return None
        if not ended and not self._timed and not _stands_out(found):
            return None  # a line within a wrapped paragraph
        if found.sureness == "doubt" and previous is not None and _begins_small(text):
            # "We need three / things: money": the sentence goes on.
            return found if _ends_sentence(previous.text) else None
        return found

    def _may_be_caption_label(self, line: Line, previous: Line | None) -> bool:
        if not line.opens or line.following is None or _begins_small(line.following):
            return line.text.startswith(marks.LABEL)
        if not may_be_caption_label(line.text):
            return False
        return previous is None or _ends_sentence(previous.text)

    def _small_words(self) -> frozenset[str]:
        if not any(one is not None and one.sureness == "likely" for one in self._found):
            return frozenset()
        return frozenset(
            word.casefold()
            for line in self._lines
            for word in _WORD.findall(line.text)
            if word.islower()
        )

    def _following_keys(self) -> list[str | None]:
        keys: list[str | None] = []
        later: str | None = None
        for place in range(len(self._lines) - 1, -1, -1):
            keys.append(later)
            found, voice = self._found[place], self._lines[place].voice
            if voice is not None:
                later = self._identity(voice)
            elif found is not None and found.sureness == "sure":
                later = self._identity(found.label)
        return keys[::-1]

    def _identity(self, label: Label) -> str:
        name, _role = self._labels.who(label.name)
        return f"{label.question} {fold(name or '')}"

    def _who_answers(self) -> str | None:
        only = self._labels.names.only()
        if only is None:
            return None
        # One speaker in metadata.json, and nobody else is named: "A:" is that speaker.
        others = {
            self._labels.who(one.label.name)[0]
            for one in self._found
            if one is not None
            and one.sureness != "doubt"
            and one.label.name
            and not one.label.question
            and not _hosts(one.label.name)
        }
        return only.name if others <= {only.name} else None

    # what becomes of a line

    def _take(self, place: int, line: Line) -> None:
        found = self._found[place]
        if line.voice is not None:
            self._begin_voice(line)
            if found is not None and found.sureness == "sure" and found.form != "line":
                self._begin(found, line)
                self._say(line, found.rest)
            else:
                self._say(line, marks.unprotect(line.text))
            return
        if line.turn is not None and (not self._segments or self._segments[-1].turn != line.turn):
            self._segments.append(Segment(Label(None), turn=line.turn))
        verdict = self._verdict(found, place)
        if found is not None and verdict == "label":
            self._begin(found, line)
            if found.rest:
                self._say(line, found.rest)
        elif verdict == "doubt":
            self._doubt(line, "label_unsure")
        elif self._other_voice(line):
            self._doubt(line, "cue_without_voice")
        elif self._turns_round(line):
            self._doubt(line, "change_unsure")
        elif self._may_be_asked(place, line):
            self._doubt(line, "question_unsure")
        else:
            self._say(line, marks.unprotect(line.text))

    def _verdict(self, found: Candidate | None, place: int) -> str:
        if found is None:
            return "words"
        if found.sureness == "sure":
            return "label" if self._is_label_here(found) else "words"
        follows = bool(self._segments) and not self._segments[-1].pieces
        if found.form == "line":
            return self._verdict_of_line(found, follows=follows)
        if found.sureness == "doubt":
            return "doubt"
        known_small = all(word in self._common for word in fold_words(found.key))
        if self._counts[found.key] >= _REPEATED and not (known_small and found.words == 1):
            return "label"
        if known_small:
            return "words" if found.words == 1 else "doubt"
        if found.words >= _REPEATED or (found.shape == "capitals" and self._capitals > 1):
            return "label"
        return "words" if found.key in wordlists.HEADINGS else "doubt"

    def _verdict_of_line(self, found: Candidate, *, follows: bool) -> str:
        last = self._segments[-1] if self._segments else None
        count = self._counts[found.key]
        if (
            follows
            and last is not None
            and not last.doubtful
            and (last.key != found.key and count < _REPEATED or found.sureness == "doubt")
        ):
            if len(self._segments) > 1 or self._is_known(last):
                return "words"
            return "label" if found.sureness == "likely" else "doubt"
        if found.sureness == "doubt":
            return "doubt"
        if count >= (_REPEATED if found.words > 1 else _OFTEN):
            return "label"
        if found.words == 1 or all(word in self._common for word in fold_words(found.key)):
            return "doubt"
        first = not self._labels.names and not any(one.key for one in self._segments)
        return "label" if first or (last is not None and last.label.question) else "doubt"

    def _is_label_here(self, found: Candidate) -> bool:
        return found.form != "line" or bool(found.key)

    def _is_known(self, segment: Segment) -> bool:
        return segment.label.question or (
            segment.label.name is not None
            and self._labels.names.find(segment.label.name) is not None
        )

    def _begin(self, found: Candidate, line: Line) -> None:
        label = found.label
        if label.answer and label.name is None:
            label = Label(self._answerer)
        last = self._segments[-1] if self._segments else None
        own = found.form == "line"
        if last is not None and not label.exact and not own and label.name is not None:
            same = self._identity(label) == self._identity(last.label)
            if same and not last.own_line | label.question | last.doubtful and last.turn is None:
                return
        self._segments.append(Segment(label, key=found.key, own_line=own, turn=line.turn))

    def _begin_voice(self, line: Line) -> None:
        label = line.voice or Label(None)
        last = self._segments[-1] if self._segments else None
        if (
            last is not None
            and last.voiced
            and last.turn == line.turn
            and (not label.exact or line.turn is not None)
            and self._identity(label) == self._identity(last.label)
        ):
            return
        self._segments.append(
            Segment(label, key=fold(label.name or ""), turn=line.turn, voiced=True)
        )

    def _say(self, line: Line, text: str) -> None:
        if not self._segments:
            self._segments.append(Segment(Label(None), turn=line.turn))
        words = tidy(text)
        if words:
            self._segments[-1].pieces.append((line, words))

    def _doubt(self, line: Line, code: str) -> None:
        last = self._segments[-1] if self._segments else None
        if last is None or last.label.name is not None or last.label.question:
            self._segments.append(Segment(Label(None), turn=line.turn, doubtful=True))
            self._findings.append(Finding(code, {"line": line.number, "text": quote(line.text)}))
        elif code == "label_unsure":
            self._findings.append(Finding(code, {"line": line.number, "text": quote(line.text)}))
            if not last.doubtful:
                self._segments.append(Segment(Label(None), turn=line.turn, doubtful=True))
        self._say(line, line.text)

    # when words may be somebody else's

    def _is_certain_of(self, line: Line) -> bool:
        last = self._segments[-1] if self._segments else None
        if last is None or marks.is_protected(line.text):
            return True
        return last.label.name is None

    def _other_voice(self, line: Line) -> bool:
        return not self._is_certain_of(line) and self._segments[-1].voiced

    def _turns_round(self, line: Line) -> bool:
        text = line.text.lstrip()
        dashed = label_forms.lead_in(text)[1]
        before, self._dashed = self._dashed, dashed
        if not dashed or self._is_certain_of(line):
            return False
        if self._timed or text.startswith(">"):
            return True
        return bool(_ASKS.search(text)) or (before and self._segments[-1].doubtful)

    def _may_be_asked(self, place: int, line: Line) -> bool:
        if self._is_certain_of(line) or not _ASKS.search(line.text):
            return False
        segment = self._segments[-1]
        if not segment.pieces or (segment.pieces[-1][0].block == line.block and not self._timed):
            return False
        if segment.label.question:
            return False
        if self._next_key[place] == self._identity(segment.label):
            return True
        name, role = self._labels.who(segment.label.name)
        if name and self._labels.names.addresses(line.text, name, role):
            return True
        if self._asks:
            return False
        return self._timed or any(word in _YOU for word in fold_words(line.text))

    def _without_headings(self) -> list[Segment]:
        """Leave out what stands above a label without words of its own, and tell."""
        kept: list[Segment] = []
        for place, segment in enumerate(self._segments):
            if segment.pieces and not self._is_heading(place):
                kept.append(segment)
            elif segment.pieces:
                for line, text in segment.pieces:
                    self._drop(text, line.number)
            elif (
                segment.own_line and place + 1 < len(self._segments) and not self._is_known(segment)
            ):
                self._drop(segment.label.name or segment.key, None)
        return kept

    def _is_heading(self, place: int) -> bool:
        segment = self._segments[place]
        if self._timed or not segment.doubtful or place + 1 == len(self._segments):
            return False
        short = all(label_forms.may_be_own_line(line.text) for line, _ in segment.pieces)
        return short and len(segment.pieces) <= (_OFTEN if place == 0 else 1)

    def _drop(self, text: str, number: int | None) -> None:
        if number is not None:
            self._findings = [
                one
                for one in self._findings
                if not (one.code == "label_unsure" and one.values["line"] == number)
            ]
        self._findings.append(Finding("heading_dropped", {"heading": text[:SHOWN]}))


def asks(text: str) -> bool:
    """Tell whether a text holds a question."""
    return _ASKS.search(text) is not None


def may_be_caption_label(line: str) -> bool:
    """Tell whether a caption's line without a colon could be a label: in capitals, as nobody speaks.

    Captions are broken anywhere, so a name on a line of its own mostly belongs to a sentence.
    """
    return (line.upper() == line and line.lower() != line) or fold(line) in wordlists.QUESTION


def quote(text: str) -> str:
    """Return the beginning of a line, as a receipt shows it."""
    text = tidy(marks.plain(text))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "\u2026"


def _stands_out(found: Candidate) -> bool:
    plain = found.sureness == "sure" and found.form == "colon" and found.shape is None
    return found.label.exact or (plain and not _begins_small(found.rest))


def _hosts(name: str) -> bool:
    return any(word in wordlists.HOSTS for word in fold_words(name))


def _ends_sentence(text: str) -> bool:
    return not text.strip() or _SENTENCE_END.search(text[-40:]) is not None


def _begins_small(text: str | None) -> bool:
    return text is not None and text.lstrip()[:1].islower()


def joined(pieces: Iterable[tuple[Line, str]]) -> list[tuple[int, str]]:
    """Return the words of each block, by its number, lines joined."""
    blocks: dict[int, list[str]] = {}
    for line, text in pieces:
        blocks.setdefault(line.block, []).append(text)
    return [(block, " ".join(texts)) for block, texts in blocks.items()]
