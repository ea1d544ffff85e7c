"""Decides at which second of the video a line of the shotlist begins.

The press office writes source time codes (``10:00:04:12``), as the file and the slate count them,
or plain times from the beginning (``00:12``). A time that is in the video neither way has no
second: then its line shows the time and plays nothing.
"""

from fractions import Fraction

from newsreel.catalogue import time_codes
from newsreel.catalogue.model import Rendition, Shot, Video

_USUAL_RATE = Fraction(25)
_SLACK = Fraction(1, 2)
"""Seconds by which a duration may be rounded."""


def positions(video: Video, file: Rendition | None) -> list[tuple[Shot, float | None]]:
    """Return each line of the shotlist with its second in the video, counted as ``file`` does."""
    rate = _rate(file)
    start = _seconds((file.start_timecode if file else None) or "", rate)
    return [(shot, _position(shot.starts, start, rate, video.duration)) for shot in video.shotlist]


def _position(
    text: str, start: Fraction | None, rate: Fraction, duration: float | None
) -> float | None:
    at = _seconds(text, rate)
    if at is None or duration is None:
        return None
    candidates = [at] if start is None else [at - start, at]
    for second in candidates:
        if 0 <= second < Fraction(duration) + _SLACK:
            return round(float(second), 3)
    return None


def _seconds(text: str, rate: Fraction) -> Fraction | None:
    """Return a time code or a time in seconds; None if it is neither."""
    read = time_codes.parse(text)
    if read is None:
        return None
    if read.frames is None:
        return read.seconds + Fraction(f"0.{read.fraction}")
    if read.drops:  # it agrees with the clock (SMPTE ST 12-1)
        return read.seconds + read.frames / rate
    return Fraction(read.seconds * round(rate) + read.frames) / rate


def _rate(file: Rendition | None) -> Fraction:
    named = file.video.frame_rate if file and file.video else None
    return Fraction(named) if named else _USUAL_RATE
