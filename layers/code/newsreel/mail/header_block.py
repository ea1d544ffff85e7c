"""Decides what the header fields of a raw mail are: every line up to the first blank one.

Nothing behind that line is read, so nested parts, character sets and attachments cannot matter.
The standard library's parser (``BytesHeaderParser``, policy ``compat32``) stops at the first line
that is not a field, and passes over ``From :`` with a space before the colon; a second ``From`` or
an ``Auto-Submitted`` behind such a line would go unseen. Here no line of the block hides another.
"""

import re
from dataclasses import dataclass

LONGEST_BLOCK = 256 * 1024
"""Bytes; a block that does not end within them is refused unread."""
_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")


class HeadersTooLargeError(ValueError):
    """The header block does not end within what is read; never holds any of it."""


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """The fields of one mail in their order; names in lower case, values unfolded."""

    fields: tuple[tuple[str, str], ...]

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of every field with a name (in lower case)."""
        return tuple(value for given, value in self.fields if given == name)

    def first(self, name: str) -> str:
        """Return the first value of a field, or an empty text."""
        return next(iter(self.values(name)), "")

    def has_any(self, prefix: str) -> bool:
        """Tell whether a field's name begins like this."""
        return any(name.startswith(prefix) for name, _ in self.fields)


def read_header_block(beginning: bytes) -> HeaderBlock:
    """Read the header block of a mail from its first ``LONGEST_BLOCK`` bytes, or all if it is less.

    Bytes beyond ASCII become characters beyond ASCII, whatever they were meant to be; code that
    needs ASCII refuses them.

    Raises:
        HeadersTooLargeError: the block goes on beyond ``LONGEST_BLOCK``.
    """
    end = _END.search(beginning)
    if end is None and len(beginning) >= LONGEST_BLOCK:
        raise HeadersTooLargeError
    block = beginning[: end.start()] if end else beginning
    unfolded = _FOLD.sub(" ", block.decode("latin-1"))
    fields = []
    for line in unfolded.split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip().lower(), value.strip(" \t\r")))
    return HeaderBlock(tuple(fields))
