"""Decides which shots of a shotlist can be, and which lie within the video.

Tapes run over midnight: a shot that ends less than an hour after it began may do so.
"""

from collections.abc import Iterator, Sequence

from newsreel.catalogue.findings import Finding
from newsreel.catalogue.model import Rendition, Shot
from newsreel.catalogue.time_codes import seconds

_DAY = 86_400
_LONGEST_OVER_MIDNIGHT = 3600
_SPARE = 1.0
"""Seconds by which a shot may end after the video: time codes are rounded."""


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
