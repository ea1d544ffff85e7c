"""Decides how a file is named when it is saved (RFC 6266, RFC 8187)."""

import re
import unicodedata
from urllib.parse import quote

_UNQUOTED = "!#$&+-.^_`|~"
"""The punctuation that ``attr-char`` allows: not ``'()*,``, which S3 and some clients misread."""

_LONGEST = 150


def content_disposition(file_name: str) -> str:
    """Return an ``attachment`` with an ASCII name, followed by the real name if they differ.

    Quotes, backslashes, slashes and control characters never reach the header. A plain ASCII name
    is written without any percent sign: in a presigned URL that becomes ``%25``, Wget outside a
    UTF-8 locale (a cron job) decodes it once too often after a redirect, and S3 then refuses the
    signature.
    """
    real = "".join(
        "_" if unicodedata.category(c)[0] == "C" or c in '/\\"' else c for c in file_name
    )
    plain = unicodedata.normalize("NFKD", real).encode("ascii", "ignore").decode()
    # Clean again: NFKD turns a full-width quote or slash into a plain one.
    plain = "".join(c if c not in '%;,/\\"' else "_" for c in plain).strip() or "download"
    named = f'attachment; filename="{plain[-_LONGEST:]}"'
    if plain[-_LONGEST:] == real:
        return named
    return f"{named}; filename*=UTF-8''{quote(real, safe=_UNQUOTED)}"


def url_name(file_name: str) -> str:
    """Return a file name as the last part of a URL path, so that ``wget`` saves under it.

    The name has no meaning for the service. Characters that break routers and shells become ``_``;
    letters are composed (a Mac uploads ``e`` and an accent as two), because routers accept only
    composed ones as letters.
    """
    plain = re.sub(r"[^\w.,+() -]", "_", unicodedata.normalize("NFC", file_name))
    return quote(plain, safe="")
