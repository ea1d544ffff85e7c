"""Decides which texts are the same name: Unicode forms, case, accents and spaces do not matter."""

import re
import unicodedata
from functools import lru_cache

_ALIKE = str.maketrans({"\u2019": "'", "\u02bc": "'", "\u2018": "'", "`": "'", "\u00b4": "'"})
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"\s+")
_BETWEEN = re.compile(r"[\s/\u2010-\u2015-]+|(?<=[^\W\d_])\.(?=[^\W\d_]{2})")
_NO_BREAK = frozenset("\u00a0\u202f\u2007")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return text under NFKC with case, accents, invisible letters and spaces folded."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    kept = (
        character
        for character in unicodedata.normalize("NFKD", folded)
        if unicodedata.category(character) not in {"Mn", "Cf"}
    )
    return " ".join("".join(kept).split())


def fold_word(word: str) -> str:
    """Return a word folded, without what stands around it."""
    folded = fold(word)
    start, end = 0, len(folded)
    while start < end and not folded[start].isalnum():
        start += 1
    while end > start and not folded[end - 1].isalnum():
        end -= 1
    return folded[start:end]


def fold_words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded; what has no letter or digit is none."""
    return tuple(word for word in map(fold_word, split_words(text)) if word)


def split_words(text: str) -> list[str]:
    """Return the words of a text; hyphens and strokes part them, too."""
    return _BETWEEN.split(text)


def tidy(text: str) -> str:
    """Return one line of text without control characters and needless spaces.

    A single no-break space stays: French has one before its question mark.
    """
    text = _CONTROL.sub("", text)
    return _SPACES.sub(lambda run: run[0] if run[0] in _NO_BREAK else " ", text).strip()
