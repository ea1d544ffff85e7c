"""Decides which characters of a text nobody can see, or turn its direction, and leaves them out.

They come along unseen when a text is pasted, and can make a title or a file's name look like
another one (Unicode Technical Report 36, "Bidirectional Text Spoofing"). So they are left out
instead of refused: nobody can remove what they cannot see. Joiners stay where
Persian, Indian scripts and emoji need them, and so do the marks of direction of one letter's width
(U+200E, U+200F), which turn nothing but themselves.
"""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\t\n]+")
_UNSEEN = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2061\u2062\u2063\u2064"
    "\u3164\ufeff\uffa0\ufff9\ufffa\ufffb"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
)
_JOINERS = frozenset("\u200c\u200d")
_ANY = re.compile(
    f"[{''.join(sorted(_UNSEEN | _JOINERS))}"
    "\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What may be left out: few texts have any, and no other is looked at sign by sign."""

_VIRAMA = 9
_TAGS = range(0xE0000, 0xE1000)
_FLAG = "\U0001f3f4"
_CONTROLS = frozenset({"Cc", "Cs"})


def one_line(text: str) -> tuple[str, list[str]]:
    """Return a text as one line in NFC without what nobody sees, and what was left out of it."""
    kept, left_out = _without(_LINE_ENDS.sub("\n", text))
    return _SPACES.sub(" ", kept), left_out


def many_lines(text: str) -> tuple[str, list[str]]:
    r"""Return a text in NFC with ``\n`` line ends, without what nobody sees, and what was."""
    return _without(_LINE_ENDS.sub("\n", text))


def has_unseen(text: str) -> bool:
    """Tell whether a text of one line holds a character that would be left out of it."""
    return bool(_without(text)[1]) or any(sign in text for sign in "\t\n\u2028\u2029")


def _without(text: str) -> tuple[str, list[str]]:
    if not _ANY.search(text):
        return unicodedata.normalize("NFC", text), []
    kept: list[str] = []
    left_out: list[str] = []
    in_flag = False
    for place, sign in enumerate(text):
        in_flag = sign == _FLAG or (in_flag and ord(sign) in _TAGS)
        if _is_unseen(sign, text[place - 1] if place else "", in_flag=in_flag):
            left_out.append(f"U+{ord(sign):04X}")
        else:
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept)), list(dict.fromkeys(left_out))


def _is_unseen(sign: str, before: str, *, in_flag: bool) -> bool:
    if sign in _JOINERS:
        return not _joins(before)
    if ord(sign) in _TAGS:
        return not in_flag  # the flags of England, Scotland and Wales are written with tags
    return sign in _UNSEEN or (unicodedata.category(sign) in _CONTROLS and sign not in "\t\n")


def _joins(before: str) -> bool:
    """Tell whether a joiner after this character changes how it is written (RFC 5892, A.1)."""
    if not before:
        return False
    return (
        unicodedata.bidirectional(before) == "AL"
        or unicodedata.combining(before) == _VIRAMA
        or unicodedata.category(before) in {"So", "Sk"}
        or before == "\ufe0f"
    )
