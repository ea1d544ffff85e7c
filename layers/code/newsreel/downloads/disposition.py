"""Decides how a file is named when it is saved (RFC 6266, RFC 8187)."""

import re
import unicodedata
from urllib.parse import quote

_UNQUOTED = "!#$&+-.^_`|~"
"""What ``attr-char`` allows besides letters and digits: not ``'()*,``, which S3 and some clients
take apart."""

_LONGEST = 150


def content_disposition(file_name: str) -> str:
    """Return an ``attachment`` with an ASCII name for old clients and the real one for the rest.

    Quotes, backslashes, slashes and control characters never reach the header.
    """
    real = "".join(
        "_" if unicodedata.category(c)[0] == "C" or c in '/\\"' else c for c in file_name
    )
    plain = unicodedata.normalize("NFKD", real).encode("ascii", "ignore").decode()
    # Once more: a full-width quote or slash has just become a plain one.
    plain = "".join(c if c not in '%;,/\\"' else "_" for c in plain).strip() or "download"
    encoded = quote(real, safe=_UNQUOTED)
    return f"attachment; filename=\"{plain[-_LONGEST:]}\"; filename*=UTF-8''{encoded}"


def url_name(file_name: str) -> str:
    """Return a file name as the last part of a URL path, so that ``curl -O`` saves under it.

    It is only a name: what routers and shells trip over becomes ``_``, and letters are composed
    (a Mac uploads ``e`` and an accent), because only those count as letters everywhere.
    """
    plain = re.sub(r"[^\w.,+() -]", "_", unicodedata.normalize("NFC", file_name))
    return quote(plain, safe="")
