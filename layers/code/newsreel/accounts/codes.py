"""Decides what a code is: derived for the mail and again for the check, and never stored.

A code is HMAC-SHA-256 over purpose, flow and issue number, truncated to six digits as RFC 4226
(section 5.3) truncates, or written as ten of 30 signs (49 bits): those of Crockford's base 32
without A and E, its last vowels, so that no code spells a word. The flow enters as the SHA-256 of
its id, which is all that the table and the stream hold; a reader of both still lacks the key.
"""

import hashlib
import hmac
import unicodedata
from typing import Literal, TypeAlias

from newsreel.aws.keyring import Keyring
from newsreel.policy import POLICY

Format: TypeAlias = Literal["digits_6", "base32_10"]
Purpose: TypeAlias = Literal["registration", "password_reset", "email_change"]

_REFERENCE_LETTERS = "CDFJLMNPQRTVWX"
_REFERENCE_DIGITS = "256789"
"""Without those that are read as letters: 0 as O, 1 as I, 3 as E, 4 as A."""
_REFERENCE_TURN = 359
"""Coprime to the number of references, so that 1,512 issues of a flow have one each."""
_READ_AS = str.maketrans("OIL", "011")


def derive(
    keyring: Keyring, *, key_id: str, purpose: Purpose, flow_hash: str, issue: int, form: Format
) -> str:
    """Return the code of one issue of one flow.

    Raises:
        KeyError: the key was rotated out.
    """
    message = f"{purpose}\x1f{flow_hash}\x1f{issue}\x1f{form}".encode()
    digest = hmac.digest(keyring.derive("codes", key_id), message, hashlib.sha256)
    if form == "digits_6":
        offset = digest[-1] & 0x0F
        number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFF_FFFF
        return f"{number % 10**POLICY.code.digits:0{POLICY.code.digits}d}"
    signs, number = POLICY.code.long_signs, int.from_bytes(digest)
    return "".join(
        signs[number // len(signs) ** position % len(signs)]
        for position in range(POLICY.code.long_characters)
    )


def normalise(typed: str, form: Format) -> str:
    """Return the canonical form of a typed code: letters and digits; O, I and L become digits.

    Digits of other scripts are accepted, because a phone's keyboard may write them. Everything else
    is dropped: spaces, dashes of any kind (some count as a minus sign), and invisible characters
    that mail programs add when text is copied.
    """
    compact = "".join(
        str(int(character)) if character.isdecimal() else character
        for character in unicodedata.normalize("NFKC", typed)
        if character.isalnum()
    )
    return compact if form == "digits_6" else compact.upper().translate(_READ_AS)


def equal(typed: str, right: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(typed.encode(), right.encode())


def reference(flow_hash: str, issue: int) -> str:
    """Return the three characters that both page and mail show, so that mails can be told apart.

    One letter and two digits in any order, as ``7R2``: no word, no abbreviation, and no number that
    could be taken for a code. Two issues of a flow never have the same.
    """
    digest = hashlib.sha256(f"reference\x1f{flow_hash}".encode()).digest()
    number = int.from_bytes(digest[:8]) + issue * _REFERENCE_TURN
    number, first = divmod(number, len(_REFERENCE_DIGITS))
    number, second = divmod(number, len(_REFERENCE_DIGITS))
    number, letter = divmod(number, len(_REFERENCE_LETTERS))
    shown = [_REFERENCE_DIGITS[first], _REFERENCE_DIGITS[second]]
    shown.insert(number % 3, _REFERENCE_LETTERS[letter])
    return "".join(shown)


def shown(code: str) -> str:
    """Return a code in two halves, as people copy it: ``482 917``, ``7KQ2M-9X4TD``."""
    separator = " " if len(code) == POLICY.code.digits else "-"
    return separator.join(_halves(code))


def spelled(code: str) -> str:
    """Return a code that is read out sign by sign, for spaces divide all of them: ``4 8 2  9 1 7``.

    Two spaces divide its halves.
    """
    return "  ".join(" ".join(half) for half in _halves(code))


def _halves(code: str) -> tuple[str, str]:
    middle = len(code) // 2
    return code[:middle], code[middle:]
