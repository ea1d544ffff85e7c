"""Decides what one e-mail address is: canonical form first, validation second.

Two addresses are the same account only when their canonical forms are equal. Traps that this order
avoids: a dotless i that some case folding turns into an i, a sharp s that becomes ss, and the
full-width @ (U+FF20) that passes a one-@ check and then normalises into a second one. Dots and
plus signs are kept as they are.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Self

import idna

from newsreel.policy import POLICY
from newsreel.refusals import FieldError, Refusal

_LONGEST_LOCAL_PART = 64
"""Octets; RFC 5321, section 4.5.3.1.1."""
_LONGEST_DOMAIN = 253
# RFC 5321 dot-string without quoted strings. ASCII only: SES has no SMTPUTF8 ("the local part must
# use 7-bit ASCII", SES API reference, SendRawEmail), so mail to any other local part would fail.
_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""RFC 1123, section 2.1, and RFC 1035, section 2.3.4: letters, digits and hyphens, 63 at most."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.@-_+")
"""What most addresses are written with, none of it invisible."""
_FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


class EmailError(ValueError):
    """The text is not an address that mail can be sent to; never holds the text."""


class InvisibleError(EmailError):
    """The text may look like an address, but has a character that nobody sees."""


@dataclass(frozen=True, slots=True, repr=False)
class EmailAddress:
    """A canonical address, made once where a request brings it or an item holds it."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address that a person means.

        Raises:
            EmailError: it is not an address.
        """
        return cls(canonicalise(text))

    @property
    def hash(self) -> str:
        """Return the address's SHA-256 in hex, which keys and counters are built from."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def local_part(self) -> str:
        """Return the part before the @."""
        return self.text.partition("@")[0]

    @property
    def domain(self) -> str:
        """Return the part after the @, in ASCII."""
        return self.text.partition("@")[2]

    def __repr__(self) -> str:
        """Return a text without the address, for logs and exceptions."""
        return "EmailAddress(...)"


def canonicalise(text: str) -> str:
    """Return the canonical form of an address: NFKC, lower case, IDNA 2008 domain (RFC 5891).

    Raises:
        EmailError: it is not an address.
    """
    if len(text) > 4 * POLICY.email_maximum_length:
        raise EmailError("too long")
    folded = unicodedata.normalize("NFKC", _without_ends(text)).lower()
    # Lower case can decompose (İ becomes i and a combining dot), so normalise once more.
    folded = unicodedata.normalize("NFKC", folded)
    if any(map(_is_invisible, folded)):
        raise InvisibleError("has an invisible character")
    local_part, at, domain = folded.partition("@")
    if not at or "@" in domain:
        raise EmailError("needs exactly one @")
    # "=?" begins an encoded word (RFC 2047, section 2): mail programs read =?x?q?joe=40...?= as
    # another address than the one that was checked.
    if not _LOCAL_PART.fullmatch(local_part) or "=?" in local_part:
        raise EmailError("local part")
    if len(local_part.encode()) > _LONGEST_LOCAL_PART:
        raise EmailError("local part too long")
    address = f"{local_part}@{_domain(domain)}"
    if len(address) > POLICY.email_maximum_length:
        raise EmailError("too long")
    return address


def _without_ends(text: str) -> str:
    """Return a text without what nobody sees around it: programs copy it with an address."""
    return text.strip("".join(filter(_is_invisible, text)) or None).strip()


def _is_invisible(character: str) -> bool:
    return character not in _PLAIN and unicodedata.category(character) in _FORBIDDEN_CATEGORIES


def _domain(domain: str) -> str:
    encoded = _in_ascii(domain)
    labels = encoded.split(".")
    # A mail domain has a top level that is not a number; 127.0.0.1 is therefore refused.
    if len(labels) < 2 or labels[-1].isdigit() or len(encoded) > _LONGEST_DOMAIN:  # noqa: PLR2004
        raise EmailError("domain")
    if not all(map(_LABEL.fullmatch, labels)):
        raise EmailError("domain")
    return encoded


def _in_ascii(domain: str) -> str:
    """Return a domain as DNS has it.

    Most are written so, and the rules for others took a twelfth of what a request costs us. Of
    those, two hyphens may announce an encoded label, which has rules of its own.
    """
    if domain.isascii() and "--" not in domain:
        return domain
    try:
        return idna.encode(domain, strict=False, uts46=False, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise EmailError("domain") from None


def required(text: str, *, name: str = "email") -> EmailAddress:
    """Return the address that a request must carry; ``name`` is its field.

    Raises:
        Refusal: ``fields_rejected``, naming the field.
    """
    try:
        return EmailAddress.parse(text)
    except EmailError as error:
        reason = "invisible" if isinstance(error, InvisibleError) else "email"
        raise Refusal("fields_rejected", errors=(FieldError(name, reason),)) from None
