"""Decides how a file is named when it is saved (RFC 6266, RFC 8187)."""

import re
import unicodedata
from urllib.parse import quote

_UNQUOTED = "!#$&+-.^_`|~"
"""The punctuation that ``attr-char`` allows: not ``'()*,``, which S3 and some clients misread."""

_JOINERS = "\u200c\u200d"
"""Persian, Indian scripts and emoji need them: without them a word or a picture is another one."""

_LONGEST = 150
_SUFFIX = re.compile(r"[A-Za-z0-9]{1,8}")

_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*", re.IGNORECASE)
"""Names of devices: Windows opens these instead of a file, whatever suffix follows (Win32 docs,
"Naming Files, Paths, and Namespaces")."""


def content_disposition(file_name: str, rendition_id: str) -> str:
    """Return an ``attachment`` with an ASCII name, followed by the real name if they differ.

    Quotes, backslashes, slashes and control characters never reach the header. A plain ASCII name
    is written without any percent sign: in a presigned URL that becomes ``%25``, Wget outside a
    UTF-8 locale (a cron job) decodes it once too often after a redirect, and S3 then refuses the
    signature.
    """
    cleaned = "".join("_" if _is_unsafe(c) else c for c in file_name)
    plain = plain_name(cleaned, rendition_id)
    named = f'attachment; filename="{plain}"'
    real = _savable(cleaned, plain)
    if plain == real:
        return named
    return f"{named}; filename*=UTF-8''{quote(real, safe=_UNQUOTED)}"


def plain_name(file_name: str, rendition_id: str) -> str:
    """Return a name in ASCII under which every program on every system can save a file.

    It is never hidden, empty or a device of Windows: if too little is left of the file's own name,
    the rendition's id stands for it, with the file's suffix.
    """
    ascii_name = unicodedata.normalize("NFKD", file_name).encode("ascii", "ignore").decode()
    # Clean again: NFKD turns a full-width quote or slash into a plain one.
    ascii_name = "".join("_" if c in '%;,/\\"' else c for c in ascii_name)
    stem, suffix = _parts(ascii_name)
    stem = stem[: _LONGEST - len(suffix)].rstrip(". ")
    return f"{stem if _is_name(stem) else rendition_id}{suffix}"


def url_name(file_name: str, rendition_id: str) -> str:
    """Return a file name as the last part of a URL path, so that ``wget`` saves under it.

    The name has no meaning for the service. Characters that break routers and shells become ``_``;
    letters are composed (a Mac uploads ``e`` and an accent as two), because routers accept only
    composed ones as letters.
    """
    plain = re.sub(r"[^\w.,+() -]", "_", unicodedata.normalize("NFC", file_name))
    return quote(_savable(plain, plain_name(plain, rendition_id)), safe="")


def _is_unsafe(character: str) -> bool:
    is_unseen = unicodedata.category(character)[0] == "C" and character not in _JOINERS
    return is_unseen or character in '/\\"'


def _parts(name: str) -> tuple[str, str]:
    """Return a name's stem and its suffix with the dot, without what hides it or looks an option.

    Windows drops dots and spaces at the end of a name.
    """
    name = name.rstrip(". ")
    stem, dot, suffix = name.rpartition(".")
    if not dot or not _SUFFIX.fullmatch(suffix):
        stem, dot, suffix = name, "", ""
    return stem.lstrip(". -").rstrip(". "), dot + suffix


def _is_name(stem: str) -> bool:
    """Tell whether a stem says something, and names no device of Windows."""
    is_device = _RESERVED.fullmatch(stem.partition(".")[0]) is not None
    return any(c.isalnum() for c in stem) and not is_device


def _savable(name: str, plain: str) -> str:
    """Return a name in its own letters; ``plain`` if it would be empty or a device."""
    stem, suffix = _parts(name)
    return f"{stem}{suffix}" if _is_name(stem) else plain
