"""Reads and writes WebVTT (W3C Candidate Recommendation, 4 April 2019) with voice spans."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.model import Speaker
from newsreel.catalogue.transcripts import spoken
from newsreel.catalogue.transcripts.spoken import Cue, Reading, Spoken

_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
# A tag holds no "<": without that, a text full of tags that never end takes hours.
_VOICE = re.compile(r"<v((?:\.[^\s.<>]+)*)\s([^<>]*)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z0-9:][^<>]*>", re.IGNORECASE)
_OUR_IDENTIFIER = re.compile(r"turn-(\d+)-\d+")
_ENTITIES = {
    "&lt;": "<",
    "&gt;": ">",
    "&nbsp;": "\u00a0",
    "&lrm;": "\u200e",
    "&rlm;": "\u200f",
    "&amp;": "&",
}
_ENTITY = re.compile("|".join(_ENTITIES))


@dataclass(frozen=True, slots=True)
class _Voiced:
    """One voice's part of a cue; ``turn`` is the one that our own writer noted."""

    cue: Cue
    voice: str | None
    question: bool
    turn: str | None


def read(text: str, speakers: Sequence[Speaker] = ()) -> Reading:
    """Read WebVTT; consecutive cues of one voice are a turn, a cue without a voice goes on with it.

    A question is a voice called ``Question`` or of class ``question``.

    Raises:
        RejectedError: ``no_timings`` when there is no cue at all, ``no_words`` when none has words.
    """
    voiced = [part for block in re.split(r"\n{2,}", text) for part in _read_block(block)]
    if not voiced:
        raise RejectedError("no_timings")
    cues, findings = spoken.repair([part.cue for part in voiced])
    # The same order and choice as repairing has, so that each cue meets its voice again.
    ordered = sorted(voiced, key=lambda part: part.cue.start)
    with_words = [part for part in ordered if part.cue.text.strip()]
    if not with_words:
        raise RejectedError("no_words")
    turns: list[tuple[Spoken, list[Cue]]] = []
    last_turn: str | None = None
    for cue, part in zip(cues, with_words, strict=True):
        if turns and part.turn == last_turn and _same_voice(turns[-1][0], part):
            turns[-1][1].append(cue)
        else:
            turns.append((Spoken(part.voice, part.question), [cue]))
        last_turn = part.turn
    said = [replace(turn, cues=tuple(own)) for turn, own in turns]
    return spoken.make_reading(said, speakers, findings)


def write(reading: Reading) -> str:
    """Write a timed reading; each cue names its turn, so that reading gives the same turns."""
    blocks = ["WEBVTT"]
    for turn, cues in zip(reading.turns, reading.cues, strict=True):
        label = spoken.write_label(turn)
        for number, cue in enumerate(cues, start=1):
            voice = f"<v {_escape(label)}>" if label else ""
            times = f"{spoken.timestamp(cue.start)} --> {spoken.timestamp(cue.end)}"
            blocks.append(f"turn-{turn.number}-{number}\n{times}\n{voice}{_escape(cue.text)}")
    return "\n\n".join(blocks) + "\n"


def _same_voice(current: Spoken, part: _Voiced) -> bool:
    if part.voice is None and not part.question:
        return True
    return (part.voice, part.question) == (current.label, current.question)


def _read_block(block: str) -> Iterator[_Voiced]:
    lines = block.strip("\n").split("\n")
    place = next((n for n, line in enumerate(lines[:2]) if "-->" in line), None)
    if place is None:
        return  # the header, NOTE, STYLE, REGION
    times = _TIMING.fullmatch(lines[place])
    if times is None:
        return
    start, end = _milliseconds(times.groups()[:4]), _milliseconds(times.groups()[4:])
    identifier = _OUR_IDENTIFIER.fullmatch(lines[0].strip()) if place else None
    turn = identifier[1] if identifier else None
    for classes, voice, words in _voices("\n".join(lines[place + 1 :])):
        label, question = spoken.read_label(_unescape(voice)) if voice else (None, False)
        question = question or "question" in classes
        yield _Voiced(
            Cue(start, end, _unescape(_TAG.sub("", words)).strip()), label, question, turn
        )


def _voices(payload: str) -> Iterator[tuple[list[str], str | None, str]]:
    pieces = _VOICE.split(payload)
    if pieces[0].strip() or len(pieces) == 1:
        yield [], None, pieces[0]
    for n in range(1, len(pieces), 3):
        yield pieces[n].casefold().split("."), pieces[n + 1], pieces[n + 2]


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unescape(text: str) -> str:
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text)
