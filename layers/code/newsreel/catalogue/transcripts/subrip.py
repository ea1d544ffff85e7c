"""Writes SRT, which has no standard: what players agree on, speakers in bold."""

from newsreel.catalogue.transcripts import captions, label_forms, marks, rolling, spoken
from newsreel.catalogue.transcripts.labels import NOBODY
from newsreel.catalogue.transcripts.spoken import Reading

read = captions.read


def write(reading: Reading) -> str:
    """Write a timed reading; the first cue of each turn carries its label."""
    blocks: list[str] = []
    last: str | None = None
    above: list[str] = []
    for turn, cues in zip(reading.turns, reading.cues, strict=True):
        # A label that repeats the one before it would be taken for the same turn going on.
        label = spoken.write_label(turn, exact=spoken.write_label(turn) == last)
        last = spoken.write_label(turn)
        label = label or (NOBODY if turn.number > 1 else None)
        for number, cue in enumerate(cues):
            times = f"{spoken.timestamp(cue.start, ',')} --> {spoken.timestamp(cue.end, ',')}"
            opening = label is not None and number == 0
            mark = f"<b>{marks.break_markup(label or '')}:</b> " if opening else ""
            words = _words(cue.text, above, labelled=opening)
            above = cue.text.split("\n")
            blocks.append(f"{len(blocks) + 1}\n{times}\n{mark}{words}")
    return "\n\n".join(blocks) + "\n"


def _words(text: str, above: list[str], *, labelled: bool) -> str:
    lines = text.split("\n")
    safe = [
        captions.safe(line, opens=n == 0, follows=n + 1 < len(lines), voiced=False)
        for n, line in enumerate(lines)
    ]
    if labelled:
        safe[0] = label_forms.behind_label(lines[0])
    elif rolling.may_repeat(lines[0], above):
        safe[0] = marks.protect(lines[0])
    return "\n".join(map(marks.break_markup, safe))
