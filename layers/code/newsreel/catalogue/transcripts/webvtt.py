"""Writes WebVTT (W3C Candidate Recommendation, 4 April 2019) with voice spans."""

from newsreel.catalogue.transcripts import captions, marks, markup, spoken
from newsreel.catalogue.transcripts.spoken import Reading

read = captions.read


def write(reading: Reading) -> str:
    """Write a timed reading; each cue names its turn, so that reading gives the same turns."""
    blocks = ["WEBVTT"]
    people = spoken.people_in(reading.turns)
    for turn, cues in zip(reading.turns, reading.cues, strict=True):
        label = spoken.write_voice(
            turn.role, turn.speaker, people, question=turn.kind == "question"
        )
        for number, cue in enumerate(cues, start=1):
            voice = f"<v {markup.escape(label)}>" if label else ""
            times = f"{spoken.timestamp(cue.start)} --> {spoken.timestamp(cue.end)}"
            lines = cue.text.split("\n")
            words = "\n".join(
                markup.escape(
                    captions.safe(
                        marks.break_braces(line),
                        opens=n == 0,
                        follows=n + 1 < len(lines),
                        voiced=label is not None,
                    )
                )
                for n, line in enumerate(lines)
            )
            blocks.append(f"turn-{turn.number}-{number}\n{times}\n{voice}{words}")
    return "\n\n".join(blocks) + "\n"
