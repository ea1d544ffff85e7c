"""Writes SRT, which has no standard: what players agree on, speakers in bold."""

from newsreel.catalogue.model import Turn
from newsreel.catalogue.transcripts import captions, label_forms, marks, rolling, spoken
from newsreel.catalogue.transcripts.labels import NOBODY
from newsreel.catalogue.transcripts.spoken import Reading

read = captions.read


def write(reading: Reading) -> str:
    """Write a timed reading; the first cue of each turn carries its label."""
    blocks: list[str] = []
    people = spoken.people_in(reading.turns)
    last: Turn | None = None
    above: list[str] = []
    for turn, cues in zip(reading.turns, reading.cues, strict=True):
        for number, cue in enumerate(cues):
            lines = cue.text.split("\n")
            label = _label(turn, people, lines[0], last, above) if number == 0 else ""
            mark = f"<b>{marks.break_markup(label)}:</b> " if label else ""
            words = _words(lines, above, labelled=bool(label))
            times = f"{spoken.timestamp(cue.start, ',')} --> {spoken.timestamp(cue.end, ',')}"
            blocks.append(f"{len(blocks) + 1}\n{times}\n{mark}{words}")
            above = [f"{label}: {lines[0]}", *lines] if label else lines
        last = turn
    return "\n\n".join(blocks) + "\n"


def _label(
    turn: Turn, people: spoken.People, words: str, last: Turn | None, above: list[str]
) -> str:
    natural = spoken.write_label(turn, people) or (NOBODY if turn.number > 1 else "")
    # A label that repeats the one before it would be taken for the same turn going on; so would
    # that of the same person in another office.
    same = last is not None and turn.speaker is not None and turn.speaker == last.speaker
    again = (
        same
        or (last is not None and natural == spoken.write_label(last, people))
        or rolling.may_repeat(f"{natural}: {words}", above)
    )
    if not again:
        return natural
    if turn.speaker is None and turn.kind != "question":
        return marks.exact_label(question=False, role=NOBODY, name=None)
    return spoken.write_label(turn, people, exact=True) or natural


def _words(lines: list[str], above: list[str], *, labelled: bool) -> str:
    safe = [
        captions.safe(line, opens=n == 0, follows=n + 1 < len(lines), voiced=False)
        for n, line in enumerate(lines)
    ]
    if labelled:
        safe[0] = label_forms.behind_label(lines[0])
    elif rolling.may_repeat(lines[0], above):
        safe[0] = marks.protect(lines[0])
    return "\n".join(map(marks.break_markup, safe))
