"""Decides how sizes, durations, rates and dates are written for people, in each language."""

import re
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

from newsreel.catalogue.model import AudioFacts, Rendition, VideoFacts
from newsreel.texts import messages

_THOUSAND = 1000
_UNITS = ("bytes", "kilobytes", "megabytes", "gigabytes", "terabytes")
_ROUNDS_UP = 999.5
_SHOWS_TENTHS = 100
_PCM_BITS = re.compile(r"(\d+)-bit")
_CHANNELS = {1: "channels_1", 2: "channels_2"}


def _text(language: str, key: str, **values: object) -> str:
    return messages.text(language, "page", key, **values)


def number(language: str, value: float) -> str:
    """Return a number with at most one decimal: ``2.5``, ``48``, ``331``."""
    shown = f"{value:.1f}" if value < _SHOWS_TENTHS else f"{value:.0f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return shown.replace(".", _text(language, "decimal_point"))


def size(language: str, size_bytes: int) -> str:
    """Return bytes in decimal units, as disks and transfer tools count: ``2.5 GB``."""
    value, unit = float(size_bytes), 0
    while value >= _ROUNDS_UP and unit < len(_UNITS) - 1:
        value, unit = value / _THOUSAND, unit + 1
    return _text(language, _UNITS[unit], value=number(language, value))


def bit_rate(language: str, bits_per_second: int) -> str:
    """Return a bit rate: ``50 Mb/s``, ``640 kb/s``."""
    kilobits = bits_per_second / _THOUSAND
    if kilobits < _ROUNDS_UP:
        return _text(language, "kilobits", value=number(language, kilobits))
    return _text(language, "megabits", value=number(language, kilobits / _THOUSAND))


def duration(seconds: float) -> str:
    """Return seconds as ``2:47`` or ``1:02:47``."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def position(seconds: float) -> str:
    """Return a position in the video, rounded down: ``02:11`` or ``1:02:11``."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def iso_duration(seconds: float) -> str:
    """Return seconds as ISO 8601 has it: ``PT167S`` (schema.org Duration)."""
    return f"PT{round(seconds)}S"


def picture(language: str, facts: VideoFacts) -> str:
    """Return lines, scan and rate as broadcasters say it: ``1080i50`` (fields), ``1080p25``."""
    interlaced = facts.scan == "interlaced"
    scan = _text(language, "interlaced_short" if interlaced else "progressive_short")
    if facts.frame_rate is None:
        return f"{facts.height}{scan}"
    rate = Fraction(facts.frame_rate) * (2 if interlaced else 1)
    shown = f"{float(rate):.2f}".rstrip("0").rstrip(".")
    return f"{facts.height}{scan}{shown.replace('.', _text(language, 'decimal_point'))}"


def codec(language: str, name: str) -> str:
    """Return a sound codec's name: ``AAC``, ``PCM 24-bit``."""
    return _PCM_BITS.sub(lambda bits: _text(language, "bits", count=bits[1]), name)


def sampling(language: str, facts: AudioFacts) -> str:
    """Return a sampling rate: ``48 kHz``."""
    return _text(language, "kilohertz", value=number(language, facts.sample_rate / _THOUSAND))


def channels(language: str, facts: AudioFacts) -> str:
    """Return how many channels there are: ``stereo``, ``6 channels``."""
    return _text(language, _CHANNELS.get(facts.channels, "channels"), count=facts.channels)


def label(language: str, rendition: Rendition) -> str:
    """Return a file's label, which the catalogue keeps in English: ``XDCAM HD422, 1080i50``."""
    if language == messages.DEFAULT_LANGUAGE:
        return rendition.label
    if rendition.video:
        kept = picture(messages.DEFAULT_LANGUAGE, rendition.video)
        return rendition.label.replace(kept, picture(language, rendition.video))
    name, comma, _ = rendition.label.partition(", ")
    if not comma or not rendition.audio:
        return rendition.label
    bits = _PCM_BITS.search(rendition.audio.codec)
    sound = [codec(language, bits[0])] if bits else []
    sound += [sampling(language, rendition.audio), channels(language, rendition.audio)]
    return f"{name}, {' '.join(sound)}"


def date(language: str, moment: str) -> str:
    """Return an RFC 3339 time as a date in UTC: ``14 February 2026``."""
    return _date(language, _utc(moment))


def date_time(language: str, moment: str) -> str:
    """Return an RFC 3339 time as a date with time, marked as UTC."""
    utc = _utc(moment)
    return _text(language, "date_time", date=_date(language, utc), time=f"{utc:%H:%M}")


class DayParts(NamedTuple):
    """A day as the list shows it: ``14``, ``Saturday``, ``February 2026``."""

    numeral: str
    weekday: str
    month: str


def day_parts(language: str, moment: str) -> DayParts:
    """Return the day of an RFC 3339 time, in UTC."""
    utc = _utc(moment)
    month = _text(language, f"month.{utc.month}")
    return DayParts(
        str(utc.day),
        _text(language, f"weekday.{utc.isoweekday()}"),
        _text(language, "month_year", month=month, year=utc.year),
    )


def utc_day(moment: str) -> str:
    """Return the day of an RFC 3339 time, in UTC, as ``2026-02-14``."""
    return f"{_utc(moment):%Y-%m-%d}"


def short_date(language: str, moment: str) -> str:
    """Return an RFC 3339 time as a date in UTC, without its year: ``14 Feb``."""
    utc = _utc(moment)
    month = _text(language, f"month_short.{utc.month}")
    return _text(language, "short_date", day=_day(language, utc), month=month)


def _date(language: str, utc: datetime) -> str:
    month = _text(language, f"month.{utc.month}")
    return _text(language, "date", day=_day(language, utc), month=month, year=utc.year)


def _day(language: str, utc: datetime) -> object:
    return _text(language, "first_day") if utc.day == 1 else utc.day


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


def language_name(tag: str) -> str:
    """Return what a language calls itself."""
    # Imported here: few pages have captions in further languages.
    from newsreel.pages.languages import own_name  # noqa: PLC0415

    return own_name(tag)
