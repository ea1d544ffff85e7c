"""Decides what may be a code in what somebody typed or pasted: a code alone, or one in a sentence.

What can be none is told from a guess by its shape alone, which is no secret, and costs no try.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from newsreel.accounts import codes
from newsreel.accounts.codes import Format
from newsreel.policy import POLICY
from newsreel.refusals import FieldError, Refusal

_DASHES = "\\-\u2010-\u2015\u2043\u2212"
_SIGN = "[0-9A-Za-z]"


def _shape(sign: str, length: int, between_halves: str, between_signs: str = "") -> re.Pattern[str]:
    half = f"{sign}(?:{between_signs}{sign}){{{length // 2 - 1}}}"
    # A look-ahead finds shapes that overlap too.
    return re.compile(rf"(?<!\w)(?=({half}{between_halves}{half})(?!\w))")


_DIGITS, _LONG = POLICY.code.digits, POLICY.code.long_characters
_SHAPES: tuple[tuple[Format, re.Pattern[str] | None], ...] = (
    ("digits_6", None),
    ("digits_6", _shape(r"\d", _DIGITS, rf"[\s{_DASHES}]?")),
    ("base32_10", None),
    ("base32_10", _shape(_SIGN, _LONG, rf"[{_DASHES}]?")),
    ("digits_6", _shape(r"\d", _DIGITS, r"\s{1,3}", r"\s")),
    ("base32_10", _shape(_SIGN, _LONG, r"\s{1,3}", r"\s")),
)
"""The whole text (None), and how mails show codes in one: in halves, joined, and sign by sign."""


@dataclass(frozen=True, slots=True)
class TypedCode:
    """What may be a code, in its canonical form."""

    form: Format
    code: str = field(repr=False)


def read(typed: str) -> TypedCode:
    """Return the one code that a text may hold.

    Raises:
        Refusal: ``fields_rejected``, if it holds none, or several.
    """
    text = _visible(typed)
    for form, shape in _SHAPES:
        texts = [typed] if shape is None else [match[1] for match in shape.finditer(text)]
        found = {codes.normalise(one, form) for one in texts}
        likely = {one for one in found if _may_be(one, form)}
        if len(likely) == 1:
            return TypedCode(form, likely.pop())
        if likely:
            break
    raise no_code()


def no_code() -> Refusal:
    """Return the refusal of what can be no code, or none of its flow."""
    return Refusal("fields_rejected", errors=(FieldError("code", "code"),))


def _may_be(code: str, form: Format) -> bool:
    if form == "digits_6":
        return len(code) == POLICY.code.digits and code.isdecimal()
    return len(code) == POLICY.code.long_characters and set(code) <= set(POLICY.code.long_signs)


def _visible(typed: str) -> str:
    """Return a text with digits of every script as ours, without characters that nobody sees."""
    return "".join(
        str(int(character)) if character.isdecimal() else character
        for character in unicodedata.normalize("NFKC", typed)
        if unicodedata.category(character) != "Cf"
    )
