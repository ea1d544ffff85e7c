"""Decides which time codes of a shotlist can be, and which shots lie within a video.

Two numbers are minutes and seconds, three hours too, four frames too (``10:00:04:12``); a fraction
of a second may follow a full stop (``00:12.5``). Tapes run over midnight: a shot that ends less
than an hour after it began may do so.
"""

import re
from collections.abc import Iterator, Sequence

from newsreel.catalogue.findings import Finding
from newsreel.catalogue.model import Rendition, Shot

_FRACTION = re.compile(r"^(\d{1,3}(?::\d{1,2}){1,2})\.(\d{1,6})$")
_DAY = 86_400
_LONGEST_OVER_MIDNIGHT = 3600
_MOST_FRAMES = 120
_SPARE = 1.0
"""Seconds by which a shot may end after the video: time codes are rounded."""


def seconds(text: str) -> float | None:
    """Return the position in seconds, or None when there can be none such; frames do not count."""
    whole, fraction = text, 0.0
    if match := _FRACTION.match(text):
        whole, fraction = match[1], float(f"0.{match[2]}")
    parts = re.split("[:;.]", whole)
    if not 2 <= len(parts) <= 4 or not all(part.isdecimal() for part in parts):  # noqa: PLR2004
        return None
    numbers = [int(part) for part in parts]
    if len(numbers) == 4 and numbers.pop() >= _MOST_FRAMES:  # noqa: PLR2004
        return None
    if len(numbers) == 2:  # noqa: PLR2004 - minutes alone may pass an hour
        minutes, rest = numbers
        return minutes * 60 + rest + fraction if rest < 60 else None  # noqa: PLR2004
    hours, minutes, rest = numbers
    if hours > 23 or minutes > 59 or rest > 59:  # noqa: PLR2004
        return None
    return hours * 3600 + minutes * 60 + rest + fraction


def refused(shots: Sequence[Shot]) -> Iterator[Finding]:
    """Return what cannot be in a shotlist: numbers out of range, an end before its start."""
    for number, shot in enumerate(shots, start=1):
        starts, ends = seconds(shot.starts), seconds(shot.ends)
        for name, text, place in (("in", shot.starts, starts), ("out", shot.ends, ends)):
            if place is None:
                values = {"field": f"shotlist #{number} {name}", "text": text}
                yield Finding("field_time_code_range", values)
        if starts is None or ends is None or ends >= starts:
            continue
        if ends + _DAY - starts > _LONGEST_OVER_MIDNIGHT:
            field = f"shotlist #{number} out"
            yield Finding(
                "shot_backwards", {"field": field, "starts": shot.starts, "ends": shot.ends}
            )


def beyond(shots: Sequence[Shot], files: Sequence[Rendition]) -> Iterator[Finding]:
    """Return the shots that end after the video, where its length and time code are known."""
    lengths = [file.duration for file in files if file.duration]
    if not lengths or len(lengths) < len(files):
        return
    begins = {seconds(file.start_timecode) for file in files if file.start_timecode} - {None}
    windows = [(0.0, max(lengths)), *((begin, begin + max(lengths)) for begin in begins if begin)]
    if not begins and any((seconds(shot.starts) or 0) > max(lengths) for shot in shots[:1]):
        return  # the time code of a tape that the files do not tell
    for number, shot in enumerate(shots, start=1):
        ends = seconds(shot.ends)
        if ends is not None and not any(begin <= ends <= end + _SPARE for begin, end in windows):
            field, end = f"shotlist #{number} out", _written(windows[-1][1])
            yield Finding("shot_beyond", {"field": field, "ends": shot.ends, "end": end})


def _written(place: float) -> str:
    whole = int(place)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
