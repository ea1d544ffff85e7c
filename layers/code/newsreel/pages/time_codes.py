"""Decides at which second of the video a line of the shotlist begins.

The press office writes source time codes (``10:00:04:12``), as the file and the slate count them,
or plain times from the beginning (``00:12``). A time that is in the video neither way has no
second: then its line shows the time and plays nothing.
"""

import re
from fractions import Fraction

from newsreel.catalogue.model import Rendition, Shot, Video

_TIME_CODE = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)([:;.])(\d{2})")
_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)(?:\.(\d{1,3}))?")
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
    if code := _TIME_CODE.fullmatch(text):
        hours, minutes, seconds, frames = (int(code[part]) for part in (1, 2, 3, 5))
        whole = hours * 3600 + minutes * 60 + seconds
        if code[4] == ";":  # drop-frame: it agrees with the clock (SMPTE ST 12-1)
            return whole + frames / rate
        return Fraction(whole * round(rate) + frames) / rate
    if time := _TIME.fullmatch(text):
        whole = int(time[1] or 0) * 3600 + int(time[2]) * 60 + int(time[3])
        return whole + Fraction(f"0.{time[4] or 0}")
    return None


def _rate(file: Rendition | None) -> Fraction:
    named = file.video.frame_rate if file and file.video else None
    return Fraction(named) if named else _USUAL_RATE
