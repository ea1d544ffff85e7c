"""Decides how a time of a shotlist is read: a time code, or a time from the beginning.

Two numbers are minutes and seconds, three hours too, four frames too (``10:00:04:12``), with a
colon, a semicolon or a full stop between them. Behind colons, a full stop begins a fraction of a
second (``00:12.5``).
"""

import re
from typing import NamedTuple

_FRACTION = re.compile(r"(\d{1,3}(?::\d{1,2}){1,2})\.(\d{1,6})")
_MOST_FRAMES = 120


class TimeCode(NamedTuple):
    """A position: whole seconds and, where they are written, frames or a fraction of a second."""

    seconds: int
    frames: int | None = None
    fraction: str = "0"
    """The digits behind the full stop."""
    drops: bool = False
    """Written with a semicolon before the frames: drop-frame, which agrees with the clock."""


def parse(text: str) -> TimeCode | None:
    """Return what is written, or None when there can be no such position."""
    if match := _FRACTION.fullmatch(text):
        whole = _whole(match[1].split(":"))
        return None if whole is None else TimeCode(whole, fraction=match[2])
    parts = re.split("[:;.]", text)
    if len(parts) != 4:  # noqa: PLR2004 - hours, minutes, seconds, frames
        whole = _whole(parts)
        return None if whole is None else TimeCode(whole)
    whole, last = _whole(parts[:3]), parts[3]
    if whole is None or not last.isdecimal() or int(last) >= _MOST_FRAMES:
        return None
    return TimeCode(whole, frames=int(last), drops=text[-len(last) - 1] == ";")


def seconds(text: str) -> float | None:
    """Return the position in seconds, or None when there can be none such; frames do not count."""
    read = parse(text)
    return None if read is None else read.seconds + float(f"0.{read.fraction}")


def _whole(parts: list[str]) -> int | None:
    if not all(part.isdecimal() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    if len(numbers) == 2:  # noqa: PLR2004 - minutes alone may pass an hour
        minutes, rest = numbers
        return minutes * 60 + rest if rest < 60 else None  # noqa: PLR2004
    if len(numbers) != 3:  # noqa: PLR2004
        return None
    hours, minutes, rest = numbers
    if hours > 23 or minutes > 59 or rest > 59:  # noqa: PLR2004
        return None
    return hours * 3600 + minutes * 60 + rest
