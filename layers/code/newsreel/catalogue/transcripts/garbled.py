"""Decides whether a text is what somebody wrote, or was once read in the wrong encoding."""

import re
import unicodedata

_WESTERN = frozenset(
    "ca da de en es eu fi fr ga gl it lb mt nb nl nn no pt rm sv".split()  # noqa: SIM905
)
"""Languages whose letters Windows-1252 has, and which nobody saves in another one."""
_LETTERS = (
    "àâæçèéêëîïôœùûüÿ",  # French
    "äöüßéà",  # German
    "áéíóúüñïçàèòªº",  # Spanish, Catalan
    "áâãàçéêíóôõúüªº",  # Portuguese
    "àèéìíîòóùú",  # Italian
    "áàäéèëêíïóöúüç",  # Dutch
    "æøåéèêòóôäöüá",  # Danish, Norwegian
    "åäöéàüø",  # Swedish, Finnish
)
_LETTER_OF_1252 = re.compile(
    r"[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e]"
)
_ODD_SIGN = re.compile(
    r"[\u201a\u0192\u2020\u2021\u02c6\u2039\u203a\u00a2\u00a4-\u00a6\u00a8\u00ac\u00ad\u00af"
    r"\u00b1\u00b4\u00b6\u00b8\u00b9\u02dc\u00d7\u00f7]"
)
_HIGH = re.compile(r"[^\x00-\x7f]")
_SIGN_IN_WORD = re.compile(
    r"[^\W\d_][\u00a1\u00a2-\u00a9\u00ac\u00ae\u00af\u00b1-\u00b4\u00b6\u00b8\u00b9\u00bc-\u00be\u00bf"
    r"\u00d7\u00f7\u0192\u02c6\u02dc\u2020\u2021\u2030\u2039\u203a\u2122\u00b0\u201a\u201e](?=[a-z\u00df-\u00ff])"
)
_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"[\u00c0-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e]{3,}")
_FITTING = 0.85
_FEW = 4
_TWICE = re.compile(
    r"(?:[\u00c2-\u00c5\u00ce-\u00d1\u00d7-\u00db]"
    r"[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]"
    r"|[\u00e0-\u00ef][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]{2})+"
)
_UPSIDE_DOWN = re.compile(r"\b[а-яё][А-ЯЁ]{2,}\b")  # noqa: RUF001
_LOST = "\ufffd"
_MANY = 3
_MOST_UNKNOWN = 50


def is_western(text: str, language: str | None) -> bool:
    """Tell whether a text read as Windows-1252 has letters as a western language has them."""
    if language is not None and language.split("-")[0].casefold() not in _WESTERN:
        return False
    if _SIGN_IN_WORD.search(text) or find(text) is not None:
        return False
    odd = len(_ODD_SIGN.findall(text))
    if odd > 1 and odd * 4 > len(_HIGH.findall(text)):
        return False  # an encoding of two bytes a letter
    letters = [letter.lower() for letter in _LETTER_OF_1252.findall(text)]
    if any(letter in "ðþýšžÿ" for letter in letters):
        return False  # Turkish, Icelandic, Czech, Baltic: other encodings put other letters here
    if _has_runs(text):
        return False
    best = max(sum(letter in held for letter in letters) for held in _LETTERS)
    return len(letters) < _FEW or best >= _FITTING * len(letters)


def sample(text: str) -> str:
    """Return the words around the first letter that is not ASCII."""
    found = re.search(r"[^\x00-\x7f]", text)
    if found is None:
        return ""
    start = text.rfind("\n", 0, found.start()) + 1
    start = max(start, found.start() - 20)
    return " ".join(text[start : found.start() + 40].split("\n", maxsplit=1)[0].split())


def is_noise(text: str) -> bool:
    """Tell whether a text has letters that do not exist: bytes of something else."""
    unknown = {letter for letter in set(text) if unicodedata.category(letter) in {"Cn", "Cs"}}
    # A few may be newer than this Python knows.
    return sum(map(text.count, sorted(unknown)[:_MOST_UNKNOWN])) * _MOST_UNKNOWN > len(text)


def find(text: str) -> tuple[int, str, bool] | None:
    """Return the first garbled line with its number, and whether the whole text is so."""
    if text.isascii():
        return None
    bad = [found.start() for found in _TWICE.finditer(text) if _was_utf8(found[0])]
    bad += [found.start() for found in re.finditer(_LOST, text)]
    bad += [found.start() for found in _UPSIDE_DOWN.finditer(text)]
    runs = _RUN.finditer(text) if _has_runs(text) else ()
    bad += [found.start() for found in runs]
    if not bad:
        return None
    first = min(bad)
    line = text.count("\n", 0, first) + 1
    shown = text[max(text.rfind("\n", 0, first) + 1, first - 20) : first + 40].split(
        "\n", maxsplit=1
    )[0]
    other = len(re.findall(r"[^\x00-\x7f]+", text))
    return line, " ".join(shown.split()), len(bad) >= _MANY and len(bad) * 2 >= other


def _has_runs(text: str) -> bool:
    # "Ìàðê Ðþòòå": no western language has whole words of letters with accents.
    words = sum(1 for word in _WORD.findall(text) if _RUN.search(word))
    return words > 1 or (words == 1 and len(text) < 200)  # noqa: PLR2004


def _was_utf8(text: str) -> bool:
    for codec in ("cp1252", "latin-1"):
        try:
            return len(text.encode(codec).decode("utf-8")) > 0
        except UnicodeError:
            continue
    # Windows-1252 has no letter for five bytes, which then were lost.
    return False
