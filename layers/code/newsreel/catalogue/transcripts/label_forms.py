"""Decides where on a line a label could stand, in all the ways in which people type one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from newsreel.catalogue.transcripts import wordlists
from newsreel.catalogue.transcripts.folding import fold_word, split_words, tidy
from newsreel.catalogue.transcripts.marks import LABEL, WORDS, protect
from newsreel.catalogue.transcripts.names import is_office

LONGEST = 120
"""Letters of a label; a name and a role of metadata.json may be longer, and are marked then."""
LONGEST_NAME = 100
"""Letters of a label that is nobody of metadata.json."""
MOST_WORDS = 14
_FEW = 5
_TITLE = 15

ResponseModel: TypeAlias = Literal["capitals", "name", "office", "no case"]

_TIME = r"(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,:;]\d{1,3})?"
_LEAD = re.compile(
    rf"\s*(?:(?P<turn>>{{1,3}}|[-\u2010-\u2015\u2212\u2022](?![\d-])|--(?!-))"
    rf"|[*_#]{{1,4}}|\d{{1,3}}[.)](?=\s)"
    rf"|[\[(<{{]?{_TIME}[\])>}}]?(?:\s*[-\u2013\u2014|,])?(?=\s|$|[A-Z]))\s*"
)
_END_TIME = re.compile(rf"[\s,|-]*[\[(<{{]?{_TIME}[\])>}}]?\s*$")
_ONLY_TIME = re.compile(rf"[\[(<{{]?{_TIME}[\])>}}]?\s*")
_GROUP = re.compile(r"[\[(<{]([^\[\](){}<>]*)[\])>}]")
_BRACKETED = re.compile(r"[\[(<{]([^\[\](){}<>]{1,120})[\])>}]\s*(?=\S)")
_DASH = re.compile(r"\s(?:[-\u2013\u2014\u2015]{1,2}|[=|])\s|[;|]\s")
_WIDE = re.compile(r"\t+\s*|\u3000| {2,}")
_LETTER_FORM = re.compile(
    r"(Q|A|R(?=\.?\d{0,3}\s*[-\u2013\u2014]))(\.?\d{0,3})(?:[.)]\s*|[-\u2013\u2014]\s+|\s+[-\u2013\u2014]\s*"
    r"|(?<=Q)\s+(?=[\"\u201c(A-Z]))(?=\S)"
)
_CAPITALS = re.compile(
    r"((?:[A-Z\u00c0-\u00de][A-Z\u00c0-\u00de'\u2019.-]+\s+){1,5})(?=[A-Z\u00c0-\u00de\"\u201c\u00bf][a-z\u00df-\u00ff]|I\s)"
)
_TWO_CAPITALS = re.compile(r"[A-Z\u00c0-\u00de]{2}")
_INSIDE = re.compile(
    r"[.?!\u2026][\"\u201d\u00bb\u2019)]*\s+(?=([^\W\d_][^.?!\u2026:\uff1a]{0,60})[:\uff1a]\s)"
)
_COLON_OR_BRACKET = re.compile(r"[:\uff1a\ufe55\[({<\])}>]")
_MARKUP = "*_# \t"
_TAGS = re.compile(r"</?(?:b|i|u|strong|em|p|span|font|div)(?:\s[^<>]{0,80})?>", re.IGNORECASE)
_SENTENCE = re.compile(r"[?!\u2026;\u061f\uff1f\u3002\uff01]|(?<=\w{5})\.|\.\.")
_CLOSERS = "\"'\u201d\u2019\u00bb)]}*_ "
_ENDS_SENTENCE = ("?", "!", "\u2026", ";", ",", "\u061f", "\uff1f", "\u3002", "\uff01", "\u060c")


@dataclass(frozen=True, slots=True)
class Form:
    """A place where a label could stand: ``head`` before the words, which are ``rest``."""

    head: str
    rest: str
    kind: Literal["colon", "bracket", "dash", "wide", "letter", "capitals", "line"]


def lead_in(line: str) -> tuple[str, bool]:
    """Return a line without times, numbers and marks before it, and whether a turn began so."""
    turn = False
    for _ in range(5):
        found = _LEAD.match(line)
        if not found:
            break
        turn = turn or found["turn"] is not None
        line = line[found.end() :]
    return line, turn


def may_hold_label(line: str, *, own_line: bool) -> bool:
    """Tell whether a label could be seen in a line; false only where none ever is.

    ``own_line`` tells whether the whole line could be one.
    """
    start = line[: LONGEST + 80]
    if start.startswith((WORDS, LABEL)) or lead_in(start)[1] or start[:1] in "[(<{>*_#":
        return True
    if _DASH.search(start) or _WIDE.search(start) or _LETTER_FORM.match(start):
        return True
    if _CAPITALS.match(start) or next(inside(line), None) is not None:
        return True
    colon = _first_colon(lead_in(start)[0][: LONGEST + 1])
    if colon is not None and fold_word(lead_in(start)[0][:colon]) not in wordlists.LEAD_INS:
        return True
    return own_line and may_be_own_line(line)


def inside(line: str) -> Iterator[int]:
    """Return where, behind a sentence, another label could stand in a line."""
    for found in _INSIDE.finditer(line):
        before = fold_word(
            line[max(0, found.start() - _TITLE) : found.start()].rsplit(" ", maxsplit=1)[-1]
        )
        title = before in wordlists.HONORIFICS | wordlists.RANKS or len(before) == 1
        shortened = found[0].startswith(".") and title
        if not shortened and fold_word(found[1]) not in wordlists.LEAD_INS:
            yield found.end()


def behind_label(words: str) -> str:
    """Return words so that they are read as they are behind a label and a colon."""
    odd = words.startswith(("*", "_", WORDS, LABEL, "\ufeff")) or f": {WORDS}" in words
    odd = odd or _TAGS.search(words) is not None
    return protect(words) if odd or next(inside(words), None) is not None else words


def may_be_own_line(line: str) -> bool:
    """Tell whether a whole line could be a label: short, and no sentence."""
    bare = line.strip().rstrip(_CLOSERS)
    if not bare or len(line) > LONGEST or bare.endswith(_ENDS_SENTENCE):
        return False
    words = bare.split()
    if bare.endswith("."):
        return (1 < len(words) <= 4 and not any(w[0].islower() for w in words)) or bare[0] in "Qq"  # noqa: PLR2004
    return len(words) <= MOST_WORDS


def forms(line: str, *, own_line: bool) -> list[Form]:
    """Return the places where a label could stand, the likeliest first."""
    start = _TAGS.sub("", line[: 3 * LONGEST])
    start, _ = lead_in(start)
    whole = _TAGS.sub("", line)[-len(start) or None :] if len(line) <= 3 * LONGEST else start
    rest_of = line[3 * LONGEST :]
    found: list[tuple[int, Form]] = []
    for kind, place, end in _separators(start):
        head = start[:place]
        found.append((place, Form(_bare(head), tidy(start[end:] + rest_of).lstrip("*_ "), kind)))
    ordered = [form for _, form in sorted(found, key=lambda one: one[0])]
    if bracket := _BRACKETED.match(start):
        ordered.append(Form(_bare(bracket[1]), tidy(start[bracket.end() :] + rest_of), "bracket"))
    if own_line and may_be_own_line(line):
        ordered.append(Form(_bare(whole), "", "line"))
    return [form for form in ordered if form.head]


def _separators(
    start: str,
) -> list[tuple[Literal["colon", "dash", "wide", "letter", "capitals"], int, int]]:
    found: list[tuple[Literal["colon", "dash", "wide", "letter", "capitals"], int, int]] = []
    colon = _first_colon(start[: LONGEST + 1])
    letter = _LETTER_FORM.match(start)
    # Behind "Q. (off mic):" the label is not over at the dot.
    if letter and _GROUP.sub("", start[letter.end() : colon]).strip(" 0123456789.:"):
        found.append(("letter", len(letter[1] + letter[2]), letter.end()))
    dashes = list(_DASH.finditer(start[: LONGEST + 3]))[:2]
    found += [("dash", dash.start(), dash.end()) for dash in dashes]
    capitals = _CAPITALS.match(start[:LONGEST])
    # A word, not only initials: "R. Smith" is no answer of Smith's.
    if capitals and colon is None and _TWO_CAPITALS.search(capitals[1]):
        found.append(("capitals", capitals.end(1), capitals.end(1)))
    wide = _WIDE.search(start[:LONGEST])
    if wide and not _ONLY_TIME.fullmatch(start[wide.end() :]):
        found.append(("wide", wide.start(), wide.end()))
    if colon is not None and fold_word(start[:colon]) not in wordlists.LEAD_INS:
        found.append(("colon", colon, colon + 1))
    return found


def _first_colon(start: str) -> int | None:
    depth, inside = 0, None
    for found in _COLON_OR_BRACKET.finditer(start):
        letter, place = found[0], found.start()
        if letter in "[({<":
            depth += 1
        elif letter in "])}>":
            depth = max(0, depth - 1)
        else:
            before, after = start[:place][-1:], start[place + 1 : place + 2]
            if (before.isdigit() and after.isdigit()) or after == "/":
                continue
            if depth == 0:
                return place
            inside = place if inside is None else inside
    return inside


def _bare(head: str) -> str:
    head = tidy(_END_TIME.sub("", head.strip(_MARKUP)))
    return head.strip(_MARKUP).rstrip(":\uff1a ,").strip('"\u201c\u201d\u00ab\u00bb*_ ')


def split_notes(head: str) -> tuple[str, tuple[str, ...]]:
    """Return a label without what stands in brackets, and that."""
    notes = tuple(tidy(note) for note in _GROUP.findall(head) if note.strip())
    base = tidy(_GROUP.sub(" ", head)).strip(" ,:;-\u2013\u2014|/[](){}<>")
    if not base and notes:
        return notes[0].rstrip(": "), notes[1:]
    return base, notes


def is_note(note: str) -> bool:
    """Tell whether brackets hold a note on how something was said, and no name."""
    word = fold_word(note.split(maxsplit=1)[0]) if note.split() else ""
    return word in wordlists.NOTES or not any(letter.isalpha() for letter in note)


def is_sentence(text: str) -> bool:
    """Tell whether a text has the marks of a sentence; those of shortened titles are none."""
    return _SENTENCE.search(text.rstrip(".")) is not None


def shape(text: str) -> ResponseModel | None:
    """Return what a label looks like, or None when it looks like speech."""
    words = text.split()
    cased = [letter for letter in text if letter.isupper() or letter.islower()]
    if not cased and not any(letter.isalpha() for letter in text):
        return None
    if not words or len(words) > MOST_WORDS or len(text) > LONGEST_NAME or is_sentence(text):
        return None
    if any(_is_speech(word, n) for n, word in enumerate(words)):
        return None
    office = any(is_office(fold_word(word)) for word in split_words(text))
    if not cased:
        return None if len(words) > _FEW else "office" if office else "no case"
    if not any(letter.islower() for letter in cased):
        return "office" if office else "capitals" if len(cased) > 1 else None
    return "office" if office and _is_office_phrase(words) else "name" if _is_name(words) else None


def _is_speech(word: str, place: int) -> bool:
    folded = fold_word(word)
    if folded not in wordlists.SPEECH or (len(folded) == 1 and word.endswith(".")):
        return False
    if folded in wordlists.SPEECH_WORDS_IN_OFFICES and word.islower() and place:
        return False
    return not (word[:1].isupper() and folded in wordlists.FIRST_SPEECH and place)


def _is_office_phrase(words: list[str]) -> bool:
    # "the minister of defence" is spoken; "The Minister" and "ministre de la Défense" are labels.
    if fold_word(words[0]) in wordlists.ARTICLES and len(words) > 1 and words[1][:1].islower():
        return False
    return len(words) <= MOST_WORDS


def _is_name(words: list[str]) -> bool:
    small = 0
    for word in words:
        bare = word.strip("\"'\u201c\u201d()[].,-\u2013\u2014&/")
        if not bare or not bare[0].isalpha() or not bare[0].islower():
            continue
        if any(letter.isupper() for letter in bare):
            continue  # d'Ornano, al-Sisi
        if fold_word(bare) not in wordlists.PARTICLES and len(bare) > 3:  # noqa: PLR2004
            return False
        small += 1
    last = words[-1].strip("\"'\u201d().,")
    return small < len(words) - small + 1 and not (last and last.islower())
