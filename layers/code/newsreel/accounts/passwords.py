"""Decides which passwords are accepted and how they are kept.

The page's rule is the default: at least 12 characters, no spaces, upper and lower case letters,
numbers and symbols. ``passphrase`` also accepts any 15 characters or more, spaces included, as
NIST SP 800-63B-4 (section 3.1.1.2) prefers. Both refuse common passwords and the names that an
attacker would try first. The website checks the same classes; ``tests/vectors/passwords.json`` is
checked against both.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from newsreel.policy import POLICY

Rule: TypeAlias = Literal[
    "too_short", "too_long", "space", "lower", "upper", "number", "symbol", "common", "context"
]
Choice: TypeAlias = Literal["page", "passphrase"]

_LEAST_BEYOND_CONTEXT = 8
"""Characters that must remain when the organisation's, our and the person's names are left out."""
_SHORTEST_CONTEXT = 3
_FEWEST_DIFFERENT = 5
_FEWEST_LETTERS = 4
"""With fewer letters than this, a password's digits are also checked as a common password."""
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""Invisible, but no spaces: they hold emoji and, in some scripts, words together."""
_LOOK_ALIKES = str.maketrans("013457@$!", "oieastasi")

# Argon2id with the parameters of OWASP ASVS 5.0, appendix C.
_hasher = PasswordHasher(
    time_cost=POLICY.password.argon2_passes,
    memory_cost=POLICY.password.argon2_memory_kib,
    parallelism=POLICY.password.argon2_lanes,
    type=Type.ID,
)
# The hash of a random password: verifying for an unknown address costs the same as for a known one.
DUMMY_HASH = (
    "$argon2id$v=19$m=47104,t=1,p=1$vsO94CEwd5Tz7Jzj3uwR2A"
    "$MPVf8RmGyBcXFJh8XH8pkM8WBX6cdS0YtuC5rTAn76E"
)


def normalise(password: str) -> str:
    """Return the form that is measured and hashed: NFKC, without any other change."""
    return unicodedata.normalize("NFKC", password)


def broken_rules(
    password: str, *, choice: Choice, context: tuple[str, ...] = ()
) -> tuple[Rule, ...]:
    """Return the rules that a new password breaks, in the order in which they are shown.

    ``context`` holds names that must not make up most of the password.
    """
    text = normalise(password)
    policy = POLICY.password
    if len(text) > policy.maximum_length:
        return ("too_long",)
    phrase = choice == "passphrase" and len(text) >= policy.passphrase_length
    broken = [] if phrase else _broken_by_composition(text)
    if not broken:
        if _is_common(text):
            broken.append("common")
        elif _rests_on(text, context):
            broken.append("context")
    return tuple(broken)


def _broken_by_composition(text: str) -> list[Rule]:
    classes = set().union(*(_classes_of(character) for character in text)) if text else set()
    broken: list[Rule] = []
    if len(text) < POLICY.password.minimum_length:
        broken.append("too_short")
    if "space" in classes:
        broken.append("space")
    required: tuple[Rule, ...] = ("lower", "upper", "number", "symbol")
    return broken + [rule for rule in required if rule not in classes]


def _classes_of(character: str) -> set[Rule]:
    """Return the class of a character, by its Unicode general category.

    A letter of a script without case counts as upper and lower, because its writer has no other.
    """
    category = unicodedata.category(character)
    if category == "Ll":
        return {"lower"}
    if category in {"Lu", "Lt"}:
        return {"upper"}
    if category in {"Lo", "Lm"}:
        return {"lower", "upper"}
    if category.startswith("N"):
        return {"number"}
    # A character that this Unicode table does not know (Cn) is most likely a newer emoji.
    if category.startswith(("P", "S")) or category == "Cn":
        return {"symbol"}
    is_nothing = category.startswith("M") or category == "Co" or character in _JOINERS
    return set() if is_nothing else {"space"}


@cache
def _common() -> frozenset[str]:
    raw = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in raw.splitlines() if not line.startswith("#"))


def _is_common(text: str) -> bool:
    """Tell whether a password is a common word plus capitals, look-alikes and an ending."""
    lowered = text.lower()
    if len(set(lowered)) < _FEWEST_DIFFERENT:
        return True
    candidates = {lowered}
    for form in (lowered, lowered.translate(_LOOK_ALIKES)):
        candidates.add(form.strip("".join({c for c in form if not c.isalpha()})))
        runs = {run for run in re.split(r"[\W\d_]+", form) if run}
        if len(runs) == 1:
            candidates |= runs
    letters = "".join(c for c in lowered if c.isalpha())
    candidates.add(letters)
    if len(letters) < _FEWEST_LETTERS:
        candidates.add("".join(c for c in lowered if c.isdigit()))
    return not candidates.isdisjoint(_common())


def _rests_on(text: str, context: tuple[str, ...]) -> bool:
    remaining = text.lower()
    for name in sorted(context, key=len, reverse=True):
        if len(name) >= _SHORTEST_CONTEXT:
            remaining = remaining.replace(name.lower(), "")
    return len(remaining) != len(text.lower()) and (
        len(remaining) < _LEAST_BEYOND_CONTEXT or _is_common(remaining)
    )


def hash_password(password: str) -> str:
    """Return the Argon2id hash with its parameters, to be stored."""
    return _hasher.hash(normalise(password))


def matches(stored_hash: str | None, password: str) -> bool:
    """Compare a password with a stored hash; without one it takes as long and never matches."""
    try:
        _hasher.verify(stored_hash or DUMMY_HASH, normalise(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored_hash)


def is_outdated(stored_hash: str) -> bool:
    """Tell whether a hash was made with parameters other than the current ones."""
    return _hasher.check_needs_rehash(stored_hash)
