"""Decides how a file is named when it is saved (RFC 6266, RFC 8187)."""

import re
import unicodedata
from urllib.parse import quote

_UNQUOTED = "!#$&+-.^_`|~"
"""What ``attr-char`` allows besides letters and digits: not ``'()*,``, which S3 and some clients
take apart."""

_LONGEST = 150


def content_disposition(file_name: str) -> str:
    """Return an ``attachment`` with an ASCII name, and the real one beside it if that is another.

    Quotes, backslashes, slashes and control characters never reach the header. A plain name brings
    no percent sign with it. In a presigned URL that is ``%25``; Wget outside a UTF-8 locale (a cron
    job) decodes it once too often after a redirect, and S3 refuses what was signed otherwise.
    """
    real = "".join(
        "_" if unicodedata.category(c)[0] == "C" or c in '/\\"' else c for c in file_name
    )
    plain = unicodedata.normalize("NFKD", real).encode("ascii", "ignore").decode()
    # Once more: a full-width quote or slash has just become a plain one.
    plain = "".join(c if c not in '%;,/\\"' else "_" for c in plain).strip() or "download"
    named = f'attachment; filename="{plain[-_LONGEST:]}"'
    if plain[-_LONGEST:] == real:
        return named
    return f"{named}; filename*=UTF-8''{quote(real, safe=_UNQUOTED)}"


def url_name(file_name: str) -> str:
    """Return a file name as the last part of a URL path, so that ``wget`` saves under it.

    It is only a name: what routers and shells trip over becomes ``_``, and letters are composed
    (a Mac uploads ``e`` and an accent), because only those count as letters everywhere.
    """
    plain = re.sub(r"[^\w.,+() -]", "_", unicodedata.normalize("NFC", file_name))
    return quote(plain, safe="")
