"""Decides what a transcript as a whole tells of a line: what may be a label, and how sure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from newsreel.catalogue.transcripts import marks, wordlists
from newsreel.catalogue.transcripts.folding import fold, fold_words
from newsreel.catalogue.transcripts.labels import Candidate, Label, Labels

Verdict: TypeAlias = Literal["label", "doubt", "words"]

_SENTENCE_END = re.compile(
    r"[.?!\u2026:\u061f\uff1f\u3002\uff01\])\"\u201d\u00bb][\"\u201d\u00bb\u2019')\]]*\s*$"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_TAIL = 40
_TWICE = 2
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


class Evidence:
    """What all lines of a transcript tell together."""

    def __init__(self, lines: Sequence[Line], labels: Labels, *, timed: bool) -> None:
        self._labels, self._timed = labels, timed
        self.candidates: list[Candidate | None] = []
        for line, previous in zip(lines, [None, *lines], strict=False):
            self.candidates.append(self._candidate(line, previous))
        held = [one for one in self.candidates if one is not None]
        self._counts = Counter(one.key for one in held if one.sureness != "doubt")
        self._capitals = {one.key for one in held if one.shape == "capitals"}
        self._small = _small_words(lines) if any(o.sureness == "likely" for o in held) else set()
        self.asks = any(one.label.question and one.sureness == "sure" for one in held) or any(
            line.voice is not None and line.voice.question for line in lines
        )
        self.next_speakers = self._next_speakers(lines)
        if not self.asks:
            # "A. good start" is no answer where nobody asks.
            self.candidates = [
                None if one and one.label.answer and one.form == "letter" else one
                for one in self.candidates
            ]
        self.answerer = self._who_answers(held)

    def identity(self, label: Label) -> str:
        """Return a text that is equal for labels that name the same."""
        name, _role = self._labels.who(label.name)
        return f"{label.question} {fold(name or '')}"

    def of_inline(self, found: Candidate) -> Verdict:
        """Decide about a label before words on the same line."""
        if found.sureness != "likely":
            return "label" if found.sureness == "sure" else "doubt"
        small = self._is_small(found)
        if self._counts[found.key] >= _TWICE and not (small and found.words == 1):
            return "label"
        if small:
            return "words" if found.words == 1 else "doubt"
        several = found.shape == "capitals" and len(self._capitals) > 1
        return "label" if found.words > 1 or several else "doubt"

    def of_line(self, found: Candidate, *, begins: bool, answers: bool) -> Verdict:
        """Decide about a line that could be a label as a whole.

        ``begins`` tells that nobody was named before it, ``answers`` that it follows a question.
        """
        if found.sureness != "likely":
            return "label" if found.sureness == "sure" else "doubt"
        if self.repeats(found):
            return "label"
        if found.words == 1 or self._is_small(found):
            return "doubt"
        return "label" if answers or (begins and not self._labels.names) else "doubt"

    def repeats(self, found: Candidate) -> bool:
        """Tell whether a label stands there often enough to be one."""
        often = _TWICE if found.words > 1 else _OFTEN
        return found.sureness != "doubt" and self._counts[found.key] >= often

    def _candidate(self, line: Line, previous: Line | None) -> Candidate | None:
        above = self.candidates[-1] if self.candidates else None
        below_label = above is not None and above.form == "line" and not line.opens
        ended = previous is None or line.opens or below_label or ends_sentence(previous.text)
        own = self._may_stand_alone(line, previous) if self._timed else ended
        found = self._labels.begins(line.text, own_line=own)
        if found is None:
            return None
        if below_label and found.shape == "office":
            return None  # the office of who was named above
        guessed = found.form == "line" and not found.label.exact and found.sureness != "sure"
        if guessed and (not line.opens or begins_small(line.following)):
            return None
        if not ended and not self._timed and not _stands_out(found):
            return None  # a line within a wrapped paragraph
        # "We need three / things: money": the sentence goes on.
        goes_on = previous is not None and not ends_sentence(previous.text)
        if found.sureness == "doubt" and goes_on and begins_small(line.text):
            return None
        return found

    def _may_stand_alone(self, line: Line, previous: Line | None) -> bool:
        if not line.opens or line.following is None or begins_small(line.following):
            return line.text.startswith(marks.LABEL)
        if not may_be_caption_label(line.text):
            return False
        return previous is None or ends_sentence(previous.text)

    def _next_speakers(self, lines: Sequence[Line]) -> list[str | None]:
        names: list[str | None] = []
        later: str | None = None
        for line, found in zip(reversed(lines), reversed(self.candidates), strict=True):
            names.append(later)
            if line.voice is not None:
                later = self.identity(line.voice)
            elif found is not None and found.sureness == "sure":
                later = self.identity(found.label)
        return names[::-1]

    def _who_answers(self, held: Sequence[Candidate]) -> str | None:
        only = self._labels.names.only()
        if only is None:
            return None
        # One speaker in metadata.json, and nobody else is named: "A:" is that speaker.
        others = {
            self._labels.who(one.label.name)[0]
            for one in held
            if one.sureness != "doubt" and not one.label.question and not _hosts(one.label.name)
        }
        return only.name if others <= {only.name} else None

    def _is_small(self, found: Candidate) -> bool:
        return all(word in self._small for word in fold_words(found.key))


def may_be_caption_label(line: str) -> bool:
    """Tell whether a caption's line without a colon could be a label: in capitals, as none speaks.

    Captions are broken anywhere, so a name on a line of its own mostly belongs to a sentence.
    """
    return (line.upper() == line and line.lower() != line) or fold(line) in wordlists.QUESTION


def ends_sentence(text: str) -> bool:
    """Tell whether a text ends as a sentence does."""
    return not text.strip() or _SENTENCE_END.search(text[-_TAIL:]) is not None


def begins_small(text: str | None) -> bool:
    """Tell whether a text begins with a small letter."""
    return text is not None and text.lstrip()[:1].islower()


def _stands_out(found: Candidate) -> bool:
    plain = found.sureness == "sure" and found.form == "colon" and found.shape is None
    return found.label.exact or (plain and not begins_small(found.rest))


def _small_words(lines: Sequence[Line]) -> set[str]:
    return {fold(word) for line in lines for word in _WORD.findall(line.text) if word.islower()}


def _hosts(name: str | None) -> bool:
    return name is None or any(word in wordlists.HOSTS for word in fold_words(name))
