"""Every piece of advice on a transcript helps: who does what it says gets rid of the remark."""

from dataclasses import dataclass

import pytest
from newsreel.catalogue import findings
from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.model import Speaker
from newsreel.catalogue.transcripts import formats

RUTTE = Speaker(name="Mark Rutte")
SVENSSON = Speaker(name="Anna Svensson")
HEADING = "Mark Rutte\n\nGood morning.\n\nAnna Svensson\n\nHello.\n"
UNLABELLED = "Mark Rutte: In June.\n\nWill you resign?\n\nNo.\n\nMark Rutte: That was it.\n"
LABELLED = "Mark Rutte: In June.\n\nQuestion: Will you resign?\n\nMark Rutte: No.\n"
VOICE = (
    "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Mark Rutte>Good.\n\n00:03.000 --> 00:04.000\n{}Well.\n"
)
CUES = "1\n00:00:01,000 --> 00:00:02,000\nMark Rutte: Good.\n\n2\n{}\nWell.\n"


@dataclass(frozen=True)
class Advice:
    """A file, and the same after what the advice says; ``names`` are those that follow."""

    code: str
    form: formats.Format
    before: bytes
    after: bytes
    names: tuple[str | None, ...]
    added: tuple[Speaker, ...] = ()


ADVICE = [
    Advice(
        "label_unsure",
        "txt",
        HEADING.encode(),
        HEADING.encode(),
        ("Mark Rutte", "Anna Svensson"),
        (SVENSSON,),
    ),
    Advice(
        "label_unsure",
        "txt",
        HEADING.encode(),
        HEADING.replace("Anna", "Mark Rutte: Anna").encode(),
        ("Mark Rutte",),
    ),
    Advice("question_unsure", "txt", UNLABELLED.encode(), LABELLED.encode(), ("Mark Rutte", None)),
    Advice(
        "question_unsure",
        "txt",
        UNLABELLED.encode(),
        UNLABELLED.replace("Will", "Mark Rutte: Will").encode(),
        ("Mark Rutte",),
    ),
    Advice(
        "change_unsure",
        "txt",
        b"Mark Rutte: Good.\n\n>> Well.\n",
        b"Mark Rutte: Good.\n\n>> Anna Svensson: Well.\n",
        ("Mark Rutte", "Anna Svensson"),
    ),
    Advice(
        "cue_without_voice",
        "vtt",
        VOICE.format("").encode(),
        VOICE.format("<v Question>").encode(),
        ("Mark Rutte", None),
    ),
    Advice("no_speaker", "txt", b"Good.\n", b"Mark Rutte: Good.\n", ("Mark Rutte",)),
    Advice(
        "cue_times_unreadable",
        "srt",
        CUES.format("00:0x:03,000 --> 00:00:04,000").encode(),
        CUES.format("00:00:03.000 --> 00:00:04.000").encode(),
        ("Mark Rutte",),
    ),
    Advice(
        "words_without_time",
        "srt",
        b"A line.\n\n" + CUES.format("00:00:03,000 --> 00:00:04,000").encode(),
        CUES.format("00:00:03,000 --> 00:00:04,000").encode(),
        ("Mark Rutte",),
    ),
    Advice(
        "cue_repaired",
        "srt",
        CUES.format("00:00:05,000 --> 00:00:04,000").encode(),
        CUES.format("00:00:03,000 --> 00:00:04,000").encode(),
        ("Mark Rutte",),
    ),
    Advice(
        "read_as_guess",
        "txt",
        "Mark Rutte: Très bien.".encode("cp1252"),
        "Mark Rutte: Très bien.".encode(),
        ("Mark Rutte",),
    ),
    Advice(
        "encoding_unclear",
        "txt",
        "Mark Rutte: Добрий день.".encode("cp1251"),
        "Mark Rutte: Добрий день.".encode(),
        ("Mark Rutte",),
    ),
    Advice(
        "garbled",
        "txt",
        "Mark Rutte: Très bien, déjà, été.".encode().decode("latin-1").encode(),
        "Mark Rutte: Très bien, déjà, été.".encode(),
        ("Mark Rutte",),
    ),
    Advice(
        "garbled_line",
        "txt",
        "Mark Rutte: Itâ€™s good.".encode(),
        "Mark Rutte: It’s good.".encode(),
        ("Mark Rutte",),
    ),
    Advice("other_form", "txt", b"{\\rtf1 Mark Rutte: Hi.}", b"Mark Rutte: Hi.", ("Mark Rutte",)),
    Advice("not_text", "txt", b"Mark Rutte: \x01Hi.", b"Mark Rutte: Hi.", ("Mark Rutte",)),
    Advice("empty", "txt", b" ", b"Mark Rutte: Hi.", ("Mark Rutte",)),
    Advice("no_words", "txt", b"Question\n", b"Question\n\nWhy?\n", (None,)),
    Advice("no_timings", "srt", b"Hi.", CUES.format("00:03 --> 00:04").encode(), ("Mark Rutte",)),
]


def codes(advice: Advice, data: bytes, added: tuple[Speaker, ...]) -> list[str]:
    try:
        reading = formats.read(advice.form, data, [RUTTE, *added])
    except RejectedError as error:
        return [error.finding.code]
    return [finding.code for finding in reading.findings]


@pytest.mark.parametrize("advice", ADVICE, ids=lambda advice: advice.code)
def test_who_does_what_a_remark_says_gets_rid_of_it(advice: Advice) -> None:
    assert advice.code in codes(advice, advice.before, ())
    left = codes(advice, advice.after, advice.added)
    assert {findings.SEVERITIES[code] for code in left} <= {"note"} or left == ["no_speaker"]
    turns = formats.read(advice.form, advice.after, [RUTTE, *advice.added]).turns
    assert tuple(dict.fromkeys(turn.speaker for turn in turns)) == advice.names
