"""Decides which captions roll: each shows again what the one before it showed, and adds to it.

Automatic captions and live subtitles are so. Their words are kept once. What a speaker says twice
stays: cues roll only where several do, without a pause.
"""

from collections.abc import Sequence

from newsreel.catalogue.transcripts import marks, markup
from newsreel.catalogue.transcripts.cue_blocks import RawCue

_PAUSE = 120
"""Milliseconds between two cues that roll, at most."""
_FEWEST = 2
_SHARE = 3
_BLINK = 100
"""Milliseconds of a cue that only holds the picture while the lines move up."""


def fold(cues: Sequence[RawCue]) -> tuple[list[RawCue], int]:
    """Return the cues with each line once, and how many cues showed lines again."""
    held = [[line for line in cue.lines if markup.words(line[1])] for cue in cues]
    shown = [[markup.words(text) for _, text in lines] for lines in held]
    again = [0] + [
        overlap(cues[n - 1], shown[n - 1], cues[n], shown[n]) for n in range(1, len(cues))
    ]
    rolling = sum(1 for count in again if count)
    if rolling < _FEWEST or rolling * _SHARE < len(cues) - 1:
        return list(cues), 0
    kept: list[RawCue] = []
    for cue, lines, count in zip(cues, held, again, strict=True):
        if count < 0 and kept:
            # The same line, longer: what was shown before is its beginning.
            kept[-1].lines = [*kept[-1].lines[:-1], lines[-1]]
            kept[-1].end = cue.end
        elif count and len(lines) == count and kept:
            kept[-1].end = max(kept[-1].end or 0, cue.end or 0)
        else:
            kept.append(RawCue(cue.start, cue.end, cue.number, lines[max(count, 0) :], cue.turn))
    return kept, rolling


def overlap(first: RawCue, over: list[str], second: RawCue, under: list[str]) -> int:
    """Return how many lines the second cue repeats; -1 when it is the first one, grown longer."""
    if first.end is None or second.start is None or not over or not under:
        return 0
    if second.start - first.end > _PAUSE or second.turn is not None:
        return 0
    if under[0].startswith((marks.WORDS, marks.LABEL)):
        return 0
    if len(under) == len(over) and under != over and under[:-1] == over[:-1]:
        return -1 if under[-1].startswith(f"{over[-1]} ") else 0
    for count in range(min(len(over), len(under)), 0, -1):
        if over[-count:] == under[:count]:
            moves = len(under) > count or len(over) > count
            same = (first.start, first.end) == (second.start, second.end)
            return count if moves or same or _blinks(first) or _blinks(second) else 0
    return 0


def may_repeat(line: str, above: Sequence[str]) -> bool:
    """Tell whether the first line of a cue could be taken for one shown again, or grown longer."""
    return any(line == other or line.startswith(f"{other} ") for other in above)


def _blinks(cue: RawCue) -> bool:
    return (cue.end or 0) - (cue.start or 0) <= _BLINK
