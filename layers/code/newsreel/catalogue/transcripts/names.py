"""Decides whether a label is one of the speakers of ``metadata.json``, and with which role."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsreel.catalogue.model import Speaker
from newsreel.catalogue.transcripts import wordlists
from newsreel.catalogue.transcripts.folding import fold_word, fold_words, split_words

_MOST_WORDS_OF_ADDRESS = 4
_EDGES = " \t,;:\u2013\u2014-|/·"


@dataclass(frozen=True, slots=True)
class Known:
    """A speaker whom a label names; ``None`` when it could be more than one, or somebody else."""

    name: str | None
    role: str | None = None
    speech: bool = False
    """Whether the words beside the name are those of a sentence."""
    opens: bool = False
    """Whether the label begins with the name."""


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    speaker: Speaker


class Names:
    """The speakers of a video, as labels may name them."""

    def __init__(self, speakers: Sequence[Speaker]) -> None:
        self._speakers = [(speaker, fold_words(speaker.name)) for speaker in speakers]
        self._speakers = [(speaker, name) for speaker, name in self._speakers if name]

    def __bool__(self) -> bool:
        return bool(self._speakers)

    def only(self) -> Speaker | None:
        """Return the speaker, when there is just one."""
        return self._speakers[0][0] if len(self._speakers) == 1 else None

    def find(self, label: str) -> Known | None:
        """Return who a label names; None when it is nobody of these."""
        words = [(word, fold_word(word)) for word in split_words(label)]
        words = [(word, folded) for word, folded in words if folded]
        originals, folded = [word for word, _ in words], tuple(key for _, key in words)
        if not folded:
            return None
        spans = self._spans(folded)
        if spans:
            return _by_full_name(originals, folded, spans)
        return self._by_part(originals, folded) or self._by_role(folded)

    def whole(self, text: str) -> Speaker | None:
        """Return the speaker whose name a text is, with nothing beside it."""
        words = fold_words(text)
        return next((speaker for speaker, name in self._speakers if name == words), None)

    def with_office(self, text: str) -> Speaker | None:
        """Return the speaker whose role and name, as metadata.json has them, a text is."""
        words = fold_words(text)
        return next(
            (
                speaker
                for speaker, name in self._speakers
                if speaker.role and (*fold_words(speaker.role), *name) == words
            ),
            None,
        )

    def mentioned(self, text: str) -> bool:
        """Tell whether a text has a speaker's whole name somewhere."""
        return bool(self._spans(fold_words(text)))

    def addresses(self, text: str, name: str, role: str | None) -> bool:
        """Tell whether a text speaks to a person by name or office, as nobody does to himself."""
        said = fold_words(text)
        family = fold_words(name)[-1:]
        titles = fold_words(role or "")
        for place, word in enumerate(said):
            before = said[place - 1] if place else ""
            if (word,) == family and before in wordlists.HONORIFICS | wordlists.ROLES:
                return True
            if word in wordlists.ROLES and word in titles and before in wordlists.HONORIFICS:
                return True
        return _vocative(text, (*family, *titles))

    def _spans(self, folded: tuple[str, ...]) -> list[_Span]:
        found: list[_Span] = []
        for speaker, name in self._speakers:
            length = len(name)
            if length == len(folded) and sorted(name) == sorted(folded):
                return [_Span(0, length, speaker)]  # the family name first, too
            found += [
                _Span(start, start + length, speaker)
                for start in range(len(folded) - length + 1)
                if folded[start : start + length] == name
            ]
        longest = [one for one in found if not any(_is_inside(one, other) for other in found)]
        # At the end of a label stands who speaks, before that perhaps for whom.
        closing = [one for one in longest if one.end == len(folded)]
        return (
            closing if len(closing) == 1 and _only_offices(folded[: closing[0].start]) else longest
        )

    def _by_part(self, originals: list[str], folded: tuple[str, ...]) -> Known | None:
        """Find a family name with a title or initials, or the middle names left out or added."""
        matches = [
            (speaker, rest)
            for speaker, name in self._speakers
            if (rest := _family_name(folded, name, speaker)) is not None
        ]
        if not matches:
            return None
        if len(matches) > 1:
            return Known(None)
        speaker, rest = matches[0]
        office = " ".join(originals[:rest]).strip(_EDGES)
        return Known(speaker.name, _role(speaker, office))

    def _by_role(self, folded: tuple[str, ...]) -> Known | None:
        title = tuple(word for word in folded if word not in wordlists.ARTICLES) or folded
        if not any(is_office(word) for word in title):
            return None
        held = [
            speaker
            for speaker, _ in self._speakers
            if speaker.role and set(title) <= set(fold_words(speaker.role))
        ]
        if not held:
            return None
        return Known(held[0].name, held[0].role) if len(held) == 1 else Known(None)


def is_office(word: str) -> bool:
    """Tell whether a folded word names an office, a rank or a part in the event."""
    return (
        word in wordlists.ROLES or word in wordlists.RANKS or word.endswith(wordlists.ROLE_ENDINGS)
    )


def _by_full_name(originals: list[str], folded: tuple[str, ...], spans: Sequence[_Span]) -> Known:
    if len({span.speaker.name for span in spans}) > 1:
        return Known(None)
    span = spans[0]
    before, after = folded[: span.start], folded[span.end :]
    speech = any(_is_speech(original, word) for original, word in _rest(originals, folded, span))
    if speech:
        return Known(None, speech=True, opens=not span.start)
    if _means_another(before, after):
        return Known(None)
    prefix = " ".join(originals[: span.start]).strip(_EDGES)
    suffix = " ".join(originals[span.end :]).strip(_EDGES)
    if any(word in wordlists.SPEECHES for word in before):
        prefix = ""  # "Statement by ..."
    return Known(span.speaker.name, _role(span.speaker, prefix or suffix))


def _means_another(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    if not before and not after:
        return False
    if any(word in wordlists.SPEECHES for word in before):
        return before[-1] not in wordlists.BY | wordlists.ROLES and not is_office(before[-1])
    if before and before[-1] in wordlists.BEFORE_ANOTHER:
        return True
    return (
        bool(before)
        and before[0] in wordlists.HOSTED
        and before[0] not in wordlists.RANKS
        and (any(word in wordlists.BEFORE_ANOTHER for word in before[1:]))
    )


def _only_offices(before: tuple[str, ...]) -> bool:
    return not any(word in wordlists.BEFORE_ANOTHER for word in before[-1:])


def _rest(originals: list[str], folded: tuple[str, ...], span: _Span) -> list[tuple[str, str]]:
    pairs = list(zip(originals, folded, strict=True))
    return [*pairs[: span.start], *pairs[span.end :]]


def _is_speech(original: str, word: str) -> bool:
    if word not in wordlists.SPEECH or word in wordlists.SPEECH_WORDS_IN_OFFICES:
        return False
    initial = len(word) == 1 and original.endswith(".")
    return not initial and not (original[:1].isupper() and word in wordlists.FIRST_SPEECH)


def _is_inside(one: _Span, other: _Span) -> bool:
    return (
        other.start <= one.start
        and one.end <= other.end
        and other.end - other.start > one.end - one.start
    )


def _role(speaker: Speaker, office: str) -> str | None:
    words = fold_words(office)
    if set(words) <= set(fold_words(speaker.role or "")):
        return speaker.role
    if (
        not office[:1].isupper()
        and not any(map(is_office, words))
        and office[:1] != office[:1].upper()
    ):
        return speaker.role  # "Jane Doe on defence"
    if all(word in wordlists.HONORIFICS for word in words):
        return speaker.role
    if speaker.role and all(word in wordlists.RANKS | wordlists.HONORIFICS for word in words):
        return speaker.role
    return office


def _family_name(folded: tuple[str, ...], name: tuple[str, ...], speaker: Speaker) -> int | None:
    """Return how many words stand before the family name, or None when it is not this name."""
    if len(name) < 2:  # noqa: PLR2004 - one word is the whole name
        return None
    first, last = name[0], name[-1]
    if first in folded and folded[-1] == last:
        # Middle names that the other lacks.
        start = folded.index(first)
        between = folded[start + 1 : -1]
        inner = name[1:-1]
        if (not inner or not between) and not any(word in wordlists.SPEECH for word in between):
            return start if _titles(folded[:start], speaker) else None
    for length in range(len(name) - 1, 0, -1):
        if folded[-length:] == name[-length:]:
            before = folded[:-length]
            while before and len(before[-1]) == 1 and before[-1] == first[0]:
                before = before[:-1]
            return len(before) if _titles(before, speaker) else None
    return None


def _titles(words: tuple[str, ...], speaker: Speaker) -> bool:
    held = set(fold_words(speaker.role or ""))
    return all(word in wordlists.HONORIFICS or is_office(word) or word in held for word in words)


def _vocative(text: str, titles: tuple[str, ...]) -> bool:
    # "Will you resign, Secretary General?" and "Secretary General, will you resign?"
    clauses = [fold_words(clause) for clause in text.replace("?", ",").split(",")]
    return any(
        len(clause) <= _MOST_WORDS_OF_ADDRESS
        and any(word in titles for word in clause)
        and all(word in titles or word in wordlists.HONORIFICS for word in clause)
        for clause in clauses
    )
