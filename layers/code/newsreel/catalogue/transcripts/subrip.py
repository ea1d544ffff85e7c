"""Reads and writes SRT, which has no standard: what players agree on, speakers in bold."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.model import Speaker
from newsreel.catalogue.transcripts import spoken
from newsreel.catalogue.transcripts.spoken import Cue, Reading, Spoken

_TIME = r"(\d{1,3}):([0-5]?\d):([0-5]?\d)[,.](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_BOLD_LABEL = re.compile(r"<b>([^<>\n]{1,160}):</b>\s*", re.IGNORECASE)
_NAME = r"[^\W\d_][\w.'\u2019-]*"
_PLAIN_LABEL = re.compile(rf"((?:{_NAME}\s+){{1,11}}{_NAME}|Question|Q|Journalist):\s+(?=\S)")
# A tag holds no "<": without that, a text full of tags that never end takes hours.
_TAG = re.compile(r"</?(?:b|i|u|s|font)(?:\s[^<>]*)?>|\{\\an\d\}", re.IGNORECASE)
_NOBODY = "?"
"""The label of words whose speaker is not known, where one must be written."""


def read(text: str, speakers: Sequence[Speaker] = ()) -> Reading:
    """Read SRT; a label in bold, or a name with capitals and a colon, begins a turn.

    Raises:
        RejectedError: ``no_timings`` when there is no cue at all, ``no_words`` when none has words.
    """
    raw = list(_cues(text))
    if not raw:
        raise RejectedError("no_timings")
    cues, findings = spoken.repair(raw)
    turns: list[tuple[Spoken, list[Cue]]] = []
    for cue in cues:
        label, words = _split_label(cue.text)
        bare = Cue(cue.start, cue.end, words)
        if label is not None or not turns:
            name, question = (None, False) if label is None else spoken.read_label(label)
            turns.append((Spoken(None if name == _NOBODY else name, question), [bare]))
        else:
            turns[-1][1].append(bare)
    if not turns:
        raise RejectedError("no_words")
    said = [replace(turn, cues=tuple(own)) for turn, own in turns]
    return spoken.make_reading(said, speakers, findings)


def write(reading: Reading) -> str:
    """Write a timed reading; the first cue of each turn carries its label."""
    blocks: list[str] = []
    for turn, cues in zip(reading.turns, reading.cues, strict=True):
        label = spoken.write_label(turn) or (_NOBODY if turn.number > 1 else None)
        for number, cue in enumerate(cues):
            times = f"{spoken.timestamp(cue.start, ',')} --> {spoken.timestamp(cue.end, ',')}"
            mark = f"<b>{label}:</b> " if label and number == 0 else ""
            blocks.append(f"{len(blocks) + 1}\n{times}\n{mark}{cue.text}")
    return "\n\n".join(blocks) + "\n"


def _cues(text: str) -> Iterator[Cue]:
    for block in re.split(r"\n(?:[ \t]*\n)+", text):
        lines = block.strip("\n").split("\n")
        place = next((n for n, line in enumerate(lines[:2]) if "-->" in line), None)
        times = None if place is None else _TIMING.fullmatch(lines[place])
        if place is None or times is None:
            continue
        values = times.groups()
        words = "\n".join(line.strip() for line in lines[place + 1 :])
        yield Cue(_milliseconds(values[:4]), _milliseconds(values[4:]), words.strip())


def _split_label(text: str) -> tuple[str | None, str]:
    if bold := _BOLD_LABEL.match(text):
        return bold[1], _TAG.sub("", text[bold.end() :])
    text = _TAG.sub("", text)
    plain = _PLAIN_LABEL.match(text)
    if plain and all(word[0].isupper() for word in plain[1].split()):
        return plain[1], text[plain.end() :]
    return None, text


def _milliseconds(parts: Sequence[str]) -> int:
    hours, minutes, seconds = (int(part) for part in parts[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(parts[3].ljust(3, "0"))
