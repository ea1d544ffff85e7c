"""Decides where the cues of a caption file begin and end, and keeps every word of it.

WebVTT and SRT are read alike, and more forgivingly than either says: what is plainly meant is read
(a comma for a dot, no milliseconds, one digit, a long dash as an arrow, blank lines within a cue or
none between two). Words whose times cannot be read are kept and told.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from newsreel.catalogue.findings import Finding
from newsreel.catalogue.transcripts import marks
from newsreel.catalogue.transcripts.attribution import quote

LONGEST_TIMING = 300
"""Letters of a line with times and settings; a longer one is words."""
MOST_HOURS = 99_999
"""Of a cue's start; what is longer is a slip of the keyboard. Its end may be a little later."""

_TIME = (
    r"(?:(\d{1,6})\s*([:.;\u2236])\s*(\d{1,3})\s*\%d\s*(\d{1,2})|(\d{1,3})\s*[:\u2236]\s*(\d{1,2}))"
    r"(?!\d)(?:\s*([,.:;\u066b])\s*(\d{1,9}))?"
)
_GROUPS = 8
_ARROW = r"(?:(?:[-\u2010-\u2015\u2212]\s?){1,3}(?:>|&gt;|\u203a)|={1,2}>|\u2192|\u21d2|\u27f6|>>)"
_START, _END = _TIME % 2, _TIME % (2 + _GROUPS)
_TIMING = re.compile(rf"\s*{_START}[\s,]*{_ARROW}\s*{_END}(?=\s|$|[,<])(.*)", re.DOTALL)
_TWO_TIMES = re.compile(
    r"(\s*\d{1,4}:\d\d:\d\d[.,]\d{1,3})"
    r"(?:\s+|\s*(?:[-\u2010-\u2015\u2212~/|]{1,3}|to|bis)\s*)"
    r"(\d{1,4}:\d\d:\d\d[.,]\d{1,3}\s*)"
)
_CLOCK = re.compile(r"\d\s?[:;.,]\s?\d")
_HAS_ARROW = re.compile(_ARROW)
_SETTING = re.compile(r"[A-Za-z0-9]{1,12}:\S+")
_COUNTER = re.compile(r"\s*#?\s*\d{1,9}\s*[.:]?\s*")
_COMMENT = re.compile(r"NOTE(?:[ \t].*)?|STYLE[ \t]*|REGION[ \t]*", re.DOTALL)
_OUR_IDENTIFIER = re.compile(r"turn-(\d+)-\d+")
_FRAMES_A_SECOND = 25
_LAST_START = MOST_HOURS * 3_600_000
_MOST_LETTERS_IN_TIMES = 3
_SHOWN = 20
_GUESS = 1000
"""Milliseconds of a cue whose times are not known, at least."""


@dataclass(slots=True)
class RawCue:
    """A cue as it stands in the file; ``lines`` hold the number and text of each of its words."""

    start: int | None
    end: int | None
    number: int
    lines: list[tuple[int, str]] = field(default_factory=list)
    turn: str | None = None


def read(text: str) -> tuple[list[RawCue], list[Finding]]:
    """Return the cues of a caption file, in its own order, and what could not be read."""
    return _Blocks(text).run()


def has_timings(text: str) -> bool:
    """Tell whether a text is captions, whatever it is called: cues stand early or often."""
    lines = [line for line in text.split("\n") if line.strip()]
    if any(_timing(line) is not None for line in lines[:6]):
        return True
    return 0 < len(lines) < 8 * sum(_timing(line) is not None for line in lines)


def may_be_timing(line: str) -> bool:
    """Tell whether a line of words would be read as times, a number, or the beginning of a file."""
    return (
        _HAS_ARROW.search(line) is not None
        or _COUNTER.fullmatch(line) is not None
        or _TWO_TIMES.fullmatch(line) is not None
        or line.upper().startswith(("WEBVTT", "NOTE", "STYLE", "REGION"))
    )


class _Blocks:
    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._cues: list[RawCue] = []
        self._findings: list[Finding] = []
        self._webvtt = self._lines[0].lstrip("\ufeff \t").upper().startswith("WEBVTT")
        self._skipping = self._webvtt
        self._loose: list[tuple[int, str]] = []
        self._timings = {
            n: found
            for n, line in enumerate(self._lines)
            if (found := _timing(line) or _broken(line)) is not None
        }
        self._counted = self._has_counters()

    def run(self) -> tuple[list[RawCue], list[Finding]]:
        if not self._timings:
            return [], []
        for n, line in enumerate(self._lines):
            if n in self._timings:
                self._begin(n)
            elif n + 1 in self._timings and self._is_identifier(n):
                self._skipping = False
            else:
                self._take(n, line)
        self._tell_loose()
        self._guess_times()
        return self._cues, self._findings

    def _has_counters(self) -> bool:
        first = min(self._timings, default=0)
        before = next(
            (self._lines[n] for n in range(first - 1, -1, -1) if self._lines[n].strip()), ""
        )
        return _COUNTER.fullmatch(before) is not None

    def _is_identifier(self, n: int) -> bool:
        line = self._lines[n]
        if not line.strip() or marks.is_protected(line):
            return False
        if _COUNTER.fullmatch(line):
            return self._counted
        opens = n == 0 or not self._lines[n - 1].strip()
        if not self._webvtt or not opens:
            return False
        # A sentence directly above times is words that a blank line cut off, and no identifier.
        return not re.search(r"[.?!,\u2026]\s*$", line) and len(line.split()) <= 3  # noqa: PLR2004

    def _begin(self, n: int) -> None:
        start, end, words = self._timings[n]
        self._tell_loose()
        above = self._lines[n - 1].strip() if n else ""
        ours = _OUR_IDENTIFIER.fullmatch(above)
        self._cues.append(RawCue(start, end, n + 1, turn=ours[1] if ours else None))
        self._skipping = False
        if words:
            self._cues[-1].lines.append((n + 1, words))

    def _take(self, n: int, line: str) -> None:
        opens = n == 0 or not self._lines[n - 1].strip()
        if not line.strip():
            if self._skipping and (n + 1 >= len(self._lines) or not self._webvtt or n):
                self._skipping = False
        elif self._skipping:
            return
        elif self._webvtt and opens and (_COMMENT.fullmatch(line) or line.strip() == "WEBVTT"):
            self._skipping = True
        elif self._counted and _COUNTER.fullmatch(line) and self._is_counter_ahead(n):
            return
        elif self._cues:
            self._cues[-1].lines.append((n + 1, line))
        else:
            self._loose.append((n + 1, line))

    def _is_counter_ahead(self, n: int) -> bool:
        # A file with a blank line after every line has one between a number and its times, too.
        for later in range(n + 1, min(n + 4, len(self._lines))):
            if later in self._timings:
                return True
            if self._lines[later].strip():
                return False
        return False

    def _tell_loose(self) -> None:
        if not self._loose:
            return
        number, text = self._loose[0]
        self._cues.insert(0, RawCue(None, None, number, self._loose))
        self._findings.append(Finding("words_without_time", {"line": number, "text": quote(text)}))
        self._loose = []

    def _guess_times(self) -> None:
        """Give cues whose times cannot be read the time between those around them."""
        later: int | None = None
        nexts: list[int | None] = []
        for cue in reversed(self._cues):
            nexts.append(later)
            later = cue.start if cue.start is not None else later
        last_end = 0
        for cue, coming in zip(self._cues, nexts[::-1], strict=True):
            if cue.start is None or cue.end is None:
                cue.start = last_end if coming is None else min(last_end, coming)
                cue.end = max(cue.start + _GUESS, coming or 0)
                self._tell_times(cue)
            last_end = min(max(last_end, cue.end), _LAST_START)

    def _tell_times(self, cue: RawCue) -> None:
        if any(one.values["line"] == cue.number for one in self._findings[:1]):
            return  # words above the first times: told already
        words = quote(" ".join(text for _, text in cue.lines[:4]))
        times = quote(self._lines[cue.number - 1])
        values: dict[str, str | int] = {"line": cue.number, "times": times, "text": words}
        self._findings.append(Finding("cue_times_unreadable", values))


_Timing = tuple[int | None, int | None, str]


def _timing(line: str) -> _Timing | None:
    if len(line) > LONGEST_TIMING or marks.is_protected(line):
        return None
    without_arrow = _TWO_TIMES.fullmatch(line)
    if without_arrow is not None:
        line = f"{without_arrow[1]} --> {without_arrow[2]}"
    found = _TIMING.fullmatch(line) if _HAS_ARROW.search(line) else None
    if found is None:
        return None
    parts = found.groups()
    start, end = _milliseconds(parts[:_GROUPS]), _milliseconds(parts[_GROUPS : 2 * _GROUPS])
    if start is None or end is None or start > _LAST_START:
        return None, None, ""
    return start, end, _words_behind(parts[-1] or "")


def _words_behind(settings: str) -> str:
    words = settings.strip(" \t,")
    return "" if all(_SETTING.fullmatch(word) for word in words.split()) else words


def _broken(line: str) -> _Timing | None:
    """Return an unknown time for a line that is meant to hold times."""
    if marks.is_protected(line):
        return None
    arrow = _HAS_ARROW.search(line)
    if arrow is None or "<" in line[: arrow.start()]:
        return None
    before, after = line[: arrow.start()].strip(), line[arrow.end() :][:_SHOWN].strip()
    letters = sum(letter.isalpha() for letter in before + after)
    clock = _CLOCK.search(before) or (not before and _CLOCK.search(after))
    return (None, None, "") if clock and letters <= _MOST_LETTERS_IN_TIMES else None


def _milliseconds(parts: tuple[str | None, ...]) -> int | None:
    hours, _, minutes, seconds, alone_minutes, alone_seconds, separator, digits = parts
    if hours is None:
        hours, minutes, seconds = "0", alone_minutes, alone_seconds
    elif int(minutes or 0) > 59:  # noqa: PLR2004
        return None
    if int(seconds or 0) > 59:  # noqa: PLR2004
        return None
    whole = ((int(hours) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)) * 1000
    fraction = digits or "0"
    if separator in {":", ";"} and len(fraction) <= 2:  # noqa: PLR2004 - frames, as broadcasters count
        return whole + min(int(fraction), _FRAMES_A_SECOND - 1) * 1000 // _FRAMES_A_SECOND
    return whole + int(fraction[:3].ljust(3, "0"))


def out_of_order(cues: list[RawCue]) -> bool:
    """Tell whether a cue begins before the one above it."""
    return any((two.start or 0) < (one.start or 0) for one, two in pairwise(cues))
