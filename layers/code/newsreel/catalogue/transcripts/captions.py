"""Reads captions, WebVTT and SRT alike: who says the words of each cue, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.model import Speaker
from newsreel.catalogue.transcripts import (
    attribution,
    cue_blocks,
    evidence,
    label_forms,
    marks,
    markup,
    rolling,
    spoken,
)
from newsreel.catalogue.transcripts.evidence import Line
from newsreel.catalogue.transcripts.labels import Labels
from newsreel.catalogue.transcripts.markup import Part
from newsreel.catalogue.transcripts.spoken import Cue, Reading, Spoken


def read(text: str, speakers: Sequence[Speaker] = ()) -> Reading:
    """Read captions; a voice, or a label before a colon, begins a turn.

    Raises:
        RejectedError: ``no_timings`` when there is no cue at all, ``no_words`` when none has words.
    """
    raw, findings = cue_blocks.read(text)
    if not raw:
        raise RejectedError("no_timings")
    raw, repeated = rolling.fold(raw)
    if repeated:
        findings.append(Finding("captions_folded", {"count": repeated}))
    if cue_blocks.out_of_order(raw):
        findings.append(Finding("cues_sorted"))
    raw.sort(key=lambda cue: cue.start or 0)
    parted = [(cue, tuple(markup.parts(cue.lines))) for cue in raw]
    cues, mended = spoken.repair(
        [Cue(cue.start or 0, cue.end or 0, _words(parts)) for cue, parts in parted]
    )
    if not cues:
        raise RejectedError("no_words")
    labels = Labels(speakers)
    spoken_cues = [(cue.turn, parts) for cue, parts in parted if _words(parts)]
    lines = [
        line
        for block, (turn, parts) in enumerate(spoken_cues)
        for line in _lines(block, turn, parts, labels)
    ]
    segments, doubts = attribution.attribute(lines, labels, timed=True)
    turns = [
        Spoken(
            segment.label.name,
            segment.label.question,
            (),
            tuple(
                replace(cues[block], text=words)
                for block, words in attribution.joined(segment.pieces, "\n")
            ),
        )
        for segment in segments
    ]
    if not turns:
        raise RejectedError("no_words")
    return spoken.make_reading(turns, speakers, [*findings, *mended, *doubts])


def safe(line: str, *, opens: bool, follows: bool, voiced: bool) -> str:
    """Return a line of a cue so that it is read as words of the turn that it stands in.

    ``opens`` tells whether it is the first of its cue, ``follows`` whether another line does.
    """
    own = not voiced and opens and follows and evidence.may_be_caption_label(line)
    if (
        marks.begins_with_a_mark(line)
        or cue_blocks.may_be_timing(line)
        or label_forms.may_hold_label(line, own_line=own)
        or (not voiced and attribution.asks(line))
    ):
        return marks.protect(line)
    return line


def _words(parts: Sequence[Part]) -> str:
    return "\n".join(text for part in parts for _, text in part.lines).strip()


def _lines(block: int, turn: str | None, parts: Sequence[Part], labels: Labels) -> Iterator[Line]:
    for part in parts:
        voice = None
        if part.voice is not None:
            voice = labels.voice(part.voice)
            voice = replace(voice, question=voice.question or part.asks)
        for n, (number, text) in enumerate(part.lines):
            following = part.lines[n + 1][1] if n + 1 < len(part.lines) else None
            for piece in labels.parts(text) if voice is None else [text]:
                if piece.strip():
                    yield Line(piece, number, block, n == 0, following, voice, turn)
