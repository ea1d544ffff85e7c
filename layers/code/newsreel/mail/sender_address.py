"""Decides which one address a ``From`` field names, or that it names none beyond doubt.

SES judged the mail by its own reading of the same field, so only forms are accepted that every
reader reads alike: an address alone, or a name and one address in angle brackets (RFC 5322, section
3.4). Lists, groups, routes, quoted local parts and unbalanced quotes are refused. The name is never
used. ``email.utils.getaddresses`` is not: it takes ``alice@example.org)bob@example.com`` for Alice
(CVE-2023-27043) and recurses once per parenthesis.
"""

import re

LONGEST_FIELD = 2000
"""Characters; RFC 5322, section 2.1.1, allows 998 a line."""
_ALONE = re.compile(r"[^\s<>()\[\]\\,;:\"]+")
_NAMED = re.compile(r"[^<>@,;:]*<\s*([^\s<>()\[\]\\,;:\"]+)\s*>")


def address_in(field: str) -> str | None:
    """Return the one address of a field as it is written there, or None.

    The address has one @ at least, and is not yet checked otherwise.
    """
    text = field.replace("\t", " ")
    if len(text) > LONGEST_FIELD or not text.isascii() or not text.isprintable():
        return None
    plain = _without_names_and_comments(text)
    if plain is None:
        return None
    named = _NAMED.fullmatch(plain.strip())
    address = named[1] if named else plain.strip()
    return address if "@" in address and _ALONE.fullmatch(address) else None


def _without_names_and_comments(text: str) -> str | None:
    """Return the text with a space in place of each comment and quoted name, None if one is open.

    A quoted text leaves one quote, which no address may have: ``"ada"@example.org`` stays refused.
    """
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = character != '"'
        elif character == '"' and not depth:
            quoted = True
            kept.append('"')
        elif character == "(":
            depth += 1
            kept.append(" ")
        elif character == ")":
            if not depth:
                return None
            depth -= 1
        elif not depth:
            kept.append(character)
    return None if quoted or depth or escaped else "".join(kept)
