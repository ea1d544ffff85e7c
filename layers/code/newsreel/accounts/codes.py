"""Decides what a code is: derived for the mail and again for the check, and never stored.

A code is HMAC-SHA-256 over purpose, flow and issue number, truncated to six digits as RFC 4226
(section 5.3) truncates, or written as ten characters of Crockford's base 32 (50 bits). The flow
enters as the SHA-256 of its id, which is all that the table and the stream hold; a reader of both
still lacks the key.
"""

import hashlib
import hmac
import unicodedata
from typing import Literal, TypeAlias

from newsreel.aws.keyring import Keyring
from newsreel.policy import POLICY

Format: TypeAlias = Literal["digits_6", "base32_10"]
Purpose: TypeAlias = Literal["registration", "password_reset", "email_change"]

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
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
    number = int.from_bytes(digest)
    return "".join(
        CROCKFORD[(number >> (5 * position)) & 31]
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
    """Return the three characters that both page and mail show, so that mails can be told apart."""
    digest = hashlib.sha256(f"reference\x1f{flow_hash}\x1f{issue}".encode()).digest()
    return "".join(CROCKFORD[byte & 31] for byte in digest[:3])


def shown(code: str) -> str:
    """Return a code spaced for reading: ``482 917``, ``7KQ2M-9X4TD``."""
    half = len(code) // 2
    separator = " " if len(code) == POLICY.code.digits else "-"
    return f"{code[:half]}{separator}{code[half:]}"
