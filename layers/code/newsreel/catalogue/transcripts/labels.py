"""Decides what a line says about who speaks: one rule for plain text, WebVTT and SRT.

The speakers of ``metadata.json`` count first. What cannot be told from speech is a doubt, and a
doubt names nobody.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from newsreel.catalogue.model import Speaker
from newsreel.catalogue.transcripts import asking, label_forms, marks, wordlists
from newsreel.catalogue.transcripts.folding import fold, fold_words, tidy
from newsreel.catalogue.transcripts.label_forms import Form
from newsreel.catalogue.transcripts.names import Known, Names

QUESTION = "Question"
"""The line, voice or label under which questions stand when nobody is named."""
NOBODY = "Unidentified"
"""The label of words whose speaker is not known, where one must be written."""

Sureness: TypeAlias = Literal["sure", "likely", "doubt"]

_NUMBERED = re.compile(
    r"(?:q|question|frage|pregunta|питання|a|answer)\s?(?:n[o\u00b0.])?[#.\u00b0-]?\s?\d{1,3}"
)
_NUMBERED_VOICE = re.compile(
    r"(?:speaker|voice|participant|intervenant|intervenante|locuteur|orateur|sprecher|hablante|"
    r"guest|person|спікер|спикер|учасник|المتحدث)[ _#-]?\d{1,3}|(?:speaker|spk)_\w{1,4}"
)
_TWO = 2


@dataclass(frozen=True, slots=True)
class Label:
    """Who speaks from here on. ``name`` is as written; None names nobody."""

    name: str | None
    question: bool = False
    answer: bool = False
    exact: bool = False
    """Whether we wrote it: a turn of its own begins here."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A label that a line may begin with, and the words behind it."""

    label: Label
    rest: str
    sureness: Sureness
    key: str
    form: str
    words: int = _TWO
    shape: str | None = None


class Labels:
    """What labels mean in one transcript."""

    def __init__(self, speakers: Sequence[Speaker] = ()) -> None:
        self.names = Names(speakers)
        # A transcript has few labels, each of them often.
        self._met: dict[tuple[str, str], Candidate | None] = {}
        self._people: dict[str, tuple[str | None, str | None]] = {}

    def who(self, name: str | None) -> tuple[str | None, str | None]:
        """Return the speaker and role that a label's name means."""
        if name is None:
            return None, None
        if name not in self._people:
            self._people[name] = self._who(name)
        return self._people[name]

    def _who(self, name: str) -> tuple[str | None, str | None]:
        exact = marks.read_exact_label(name)
        if exact is not None:
            return self._exact(exact[2], exact[1])
        name = " ".join(tidy(marks.plain(name)).split())
        if not name:
            return None, None
        whole = self.names.with_office(name) or self.names.whole(name)
        if whole is not None:
            return whole.name, whole.role
        known = self.names.find(label_forms.split_notes(name)[0])
        return (name, None) if known is None or known.speech else (known.name, known.role)

    def voice(self, text: str) -> Label:
        """Return what a voice says: it is markup, so it is a label whatever it looks like."""
        exact = marks.read_exact_label(text)
        if exact is not None:
            return Label(text if exact[2] else None, question=exact[0], exact=True)
        text = marks.plain(text)
        head = " ".join(text.split()).rstrip(": ")
        found = self._classify(Form(head, "x", "colon")) if head else None
        if found is not None and found.sureness == "sure":
            return found.label
        if found is not None and self.names.find(label_forms.split_notes(head)[0]):
            return Label(None)  # more than one speaker
        return Label(head or None)

    def begins(self, line: str, *, own_line: bool) -> Candidate | None:
        """Return the label that a line begins with, or is; None when it is speech."""
        if marks.is_protected(line) or not label_forms.may_hold_label(line, own_line=own_line):
            return None
        head, exactly, words = line.partition(f": {marks.WORDS}")
        if line.startswith(marks.LABEL):
            return self._marked(line)
        if exactly:
            found = self.begins(f"{head}: x", own_line=False)
            return None if found is None else replace(found, rest=words)
        best: Candidate | None = None
        forms = label_forms.forms(line, own_line=own_line)
        listed = label_forms.lead_in(line)[1] and not line.startswith(">")
        for place, form in enumerate(forms):
            found = self._classify(form)
            if found is not None and found.sureness == "doubt" and form.kind == "line" and listed:
                continue
            if found is not None and found.sureness == "sure":
                return self._whole(found, forms[place + 1 :])
            if best is None or (found is not None and best.form == "dash"):
                best = found or best
        return best

    def parts(self, line: str) -> list[str]:
        """Return a line cut before each further label that stands in it behind a sentence."""
        if line.startswith((marks.WORDS, marks.LABEL)) or f": {marks.WORDS}" in line:
            return [line]
        cuts = [0]
        for place in label_forms.inside(line):
            found = self.begins(line[place : place + 3 * label_forms.LONGEST], own_line=False)
            if found and found.sureness == "sure" and found.form == "colon" and not found.shape:
                cuts.append(place)
        return [line[a:b].strip() for a, b in zip(cuts, [*cuts[1:], len(line)], strict=True)]

    def _whole(self, found: Candidate, later: Sequence[Form]) -> Candidate:
        """Return the label up to its colon in "Jane Doe - Minister of Defence: words"."""
        if found.form == "letter":
            # "A. Svensson: words" is a name, and no answer.
            colons = [self._classify(form) for form in later if form.kind == "colon"]
            return next((one for one in colons if one and one.sureness != "doubt"), found)
        office = found.form == "capitals" and self.names.whole(found.label.name or "") is None
        if office and not found.label.question and label_forms.shape(found.rest) == "name":
            # "SECRETARY GENERAL Stoltenberg" is not what the Secretary General of today says.
            whole = [self._classify(form) for form in later if form.kind == "line"]
            return next(filter(None, whole), replace(found, label=Label(None), sureness="doubt"))
        if found.form != "dash":
            return found
        for form in later:
            between = found.rest[: len(found.rest) - len(form.rest)].strip(" :")
            shape = label_forms.shape(between)
            alone = form.kind == "line" and (shape == "office" or found.label.question)
            longer = self._classify(form) if form.kind == "colon" or alone else None
            if longer and longer.sureness == "sure" and shape:
                return longer
        return found

    def _marked(self, line: str) -> Candidate | None:
        parts = line.split(marks.LABEL, 4)
        label = line[: len(line) - len(parts[-1])]
        exact = marks.read_exact_label(label)
        if exact is None:
            return None
        name = label if exact[2] else None
        rest = parts[-1].removeprefix(":").removeprefix(" ").removeprefix(marks.WORDS)
        whole = Label(name, question=exact[0], exact=True)
        return Candidate(whole, rest, "sure", name or "", "line")

    def _exact(self, name: str | None, role: str | None) -> tuple[str | None, str | None]:
        if name is None:
            return None, None
        known = self.names.whole(name)
        return (known.name if known else name), role

    def _classify(self, form: Form) -> Candidate | None:
        met = (form.head, form.kind)
        if met not in self._met:
            self._met[met] = self._look(form)
        found = self._met[met]
        return None if found is None else replace(found, rest=form.rest)

    def _look(self, form: Form) -> Candidate | None:
        base, notes = label_forms.split_notes(form.head)
        if not base or len(base) > label_forms.LONGEST:
            return None
        ours = fold(base) in {fold(QUESTION), fold(NOBODY)}
        if not ours and self.names.whole(base) is not None:
            return _sure(Label(base), form)
        for rule in (self._question, self._answer, self._nobody, self._known):
            found = rule(base, notes, form)
            if found is not None:
                return found
        return self._unknown(base, notes, form)

    def _question(self, base: str, notes: tuple[str, ...], form: Form) -> Candidate | None:
        words = fold_words(base)
        if not words or (form.kind == "letter" and words[0][:1] != "q"):
            return None
        numbered = _NUMBERED.fullmatch(fold(base)) is not None and not words[0].startswith("a")
        if numbered or asking.only_asks(words):
            asker = next((note for note in notes if not label_forms.is_note(note)), None)
            return _sure(Label(asker, question=True), form)
        if form.kind == "bracket" or label_forms.is_sentence(base):
            return None
        asker = asking.asker(base, words)
        if asker is None or (self.names.find(base) is not None and not asking.is_asker(words[0])):
            return None
        lone = len(asker.split()) < _TWO
        if lone and any(word in wordlists.HEADINGS for word in fold_words(asker)):
            return _candidate(None, form, "doubt", base, None)
        return _sure(Label(asker or None, question=True), form)

    def _answer(self, base: str, notes: tuple[str, ...], form: Form) -> Candidate | None:
        word = fold(base).rstrip(".)")
        numbered = _NUMBERED.fullmatch(word) is not None and word[0] == "a"
        if word not in wordlists.ANSWER and not numbered:
            return None
        if word in wordlists.ANSWER_ONLY_WITH_COLON and form.kind in {"dash", "bracket"}:
            return None
        name = next((note for note in notes if self.names.find(note)), None)
        return _sure(Label(name, answer=True), form)

    def _nobody(self, base: str, _notes: tuple[str, ...], form: Form) -> Candidate | None:
        words = fold_words(base)
        anybody = bool(words) and all(word in wordlists.ANYBODY for word in words)
        if base.strip("?") == "" or fold(base) in wordlists.NOBODY or anybody:
            if form.kind in {"colon", "line"} or fold(base).startswith("un"):
                return _sure(Label(None), form)
            return None
        if _NUMBERED_VOICE.fullmatch(fold(base)):
            return _sure(Label(base), form)
        return None

    def _known(self, base: str, notes: tuple[str, ...], form: Form) -> Candidate | None:
        known = self.names.find(base)
        if known is None:
            inner = next((note for note in notes if self.names.whole(note)), None)
            shape = label_forms.shape(base)
            return _sure(Label(f"{base} {inner}"), form) if inner and shape else None
        if known.name is None:
            speech = known.speech and form.kind != "line" and not known.opens
            return None if speech else _doubt(base, form)
        if not _fits(known, base, form):
            return _doubt(base, form) if form.kind == "line" else None
        return _sure(Label(base), form)

    def _unknown(self, base: str, notes: tuple[str, ...], form: Form) -> Candidate | None:
        shape = label_forms.shape(base)
        words = fold_words(base)
        if not words or form.kind == "capitals":
            return None
        if form.kind == "line" and form.head[:1] in "[(<{" and shape != "office":
            return None  # [applause]
        if shape is None:
            alone = form.kind in {"colon", "line"}
            somebody = alone and asking.could_be_somebody(form.head, words)
            return _doubt(base, form) if somebody else None
        name = form.head if not all(map(label_forms.is_note, notes)) else base
        sureness = _how_sure(shape, words, form)
        return None if sureness is None else _candidate(name, form, sureness, base, shape)


def _how_sure(shape: str, words: tuple[str, ...], form: Form) -> Sureness | None:
    """Return how sure it is that a label names somebody who is not in metadata.json."""
    if form.head.endswith("."):
        return "doubt" if form.kind == "colon" or len(words[-1]) == 1 else None
    heading = any(word in wordlists.HEADINGS or word in wordlists.ACRONYMS for word in words)
    if shape == "office" and not (heading and words[-1] in wordlists.HEADINGS):
        return "sure"
    if form.kind in {"bracket", "letter"}:
        return None
    if form.kind == "line" and any(word.isdigit() for word in words):
        return "doubt"  # a date
    if form.kind == "dash":
        return "doubt" if len(words) >= _TWO else None
    return "doubt" if heading else "likely"


def _fits(known: Known, base: str, form: Form) -> bool:
    if form.kind == "line" and base.endswith("."):
        return fold_words(base) == fold_words(known.name or "")
    if form.kind in {"dash", "wide", "bracket"}:
        return not label_forms.is_sentence(base)
    return not label_forms.is_sentence(base) and len(base.split()) <= label_forms.MOST_WORDS


def _sure(label: Label, form: Form) -> Candidate:
    return Candidate(label, form.rest, "sure", fold(form.head), form.kind)


def _doubt(base: str, form: Form) -> Candidate:
    return _candidate(None, form, "doubt", base, None)


def _candidate(
    name: str | None, form: Form, sureness: Sureness, base: str, shape: str | None
) -> Candidate:
    words = len(fold_words(base))
    return Candidate(Label(name), form.rest, sureness, fold(base), form.kind, words, shape)
