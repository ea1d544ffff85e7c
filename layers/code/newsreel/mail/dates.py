"""Decides how a mail writes times: absolute and with a zone, for the reader's is not known.

A time and a date are each held together: a zone or a year alone on the next line reads badly.
"""

from datetime import UTC, datetime

from newsreel.texts import messages

NO_BREAK_SPACE = "\u00a0"


def written_time(seconds: int) -> str:
    """Return ``02:04 UTC`` for a time in seconds since 1970."""
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M}{NO_BREAK_SPACE}UTC"


def written_date(seconds: int, language: str) -> str:
    """Return ``14 February 2026``, with the month's name from the mail texts."""
    moment = datetime.fromtimestamp(seconds, UTC)
    day = messages.text(language, "mail", "first_day") if moment.day == 1 else str(moment.day)
    month = messages.text(language, "mail", f"month.{moment.month}")
    return NO_BREAK_SPACE.join((day, month, str(moment.year)))
