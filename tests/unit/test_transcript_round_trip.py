"""What we write reads back as the same turns, for every turn that can exist."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from newsreel.catalogue.model import Speaker
from newsreel.catalogue.transcripts import formats, spoken
from newsreel.catalogue.transcripts.spoken import Cue, Spoken

RUTTE = Speaker(name="Mark Rutte", role="NATO Secretary General")
KOVALENKO = Speaker(name="Olena Kovalenko")

HARD = [
    "\ufeffGood morning.",
    "{\\an8}",
    "a\\Nb",
    "Q:",
    "Q: When?",
    "A",
    "a --> b",
    "00:00:01,000 --> 00:00:02,000",
    "1",
    "42",
    "WEBVTT",
    "NOTE nothing",
    "STYLE",
    "Mark Rutte",
    "Mark Rutte: Hello.",
    "Olena Kovalenko [through interpretation]",
    "MODERATOR: First question, please.",
    "Question",
    "Will you resign, Secretary General?",
    "Do you?",
    "- No.",
    ">> Yes.",
    "<b>bold</b>",
    "<v Somebody>words",
    "&amp; &#39; &lt;",
    "Estonia",
    "Defence Spending",
    "Dear Friends",
    "[applause]",
    "two  spaces",
    "no\u00a0break\u202f?",
    "trailing   ",
    "\u2060joined",
    "\u2063parted\u2063",
    "<\u2060b>",
    "Good morning",
    "it goes on",
    "Unidentified: who?",
    "\u200fمارك",
    "?",
    "...",
    "Yes.",
    "Thank You.",
    "http://example.org",
    "Ukraine: we help.",
    "**Question**",
    "\tMark Rutte\tHello.",
    "a\x0bb",
    "Mark Rutte - hello",
    "(00:12) hello",
]
ODD_NAMES = [
    "Mark Rutte",
    "NATO Secretary General Mark Rutte",
    "Mark Rutte, Secretary General",
    "MARK RUTTE [through interpretation]",
    "Olena Kovalenko",
    "Jane Doe",
    "jane doe",
    "Moderator",
    "A",
    "B",
    "One",
    "Doe: Jane",
    "Doe (Jane)",
    "<Jane>",
    "Jane & John",
    "Estonia",
    "Yes.",
    "Ends with a colon:",
    "Question",
    "Question (AFP)",
    "Mark Rutte and Olena Kovalenko",
    "Speaker 1",
    "Unidentified",
    "- Dash",
    "Jane Doe?",
    "x" * 199,
    "لیلى حداد",
    "田中 花子",
]

words = st.sampled_from(HARD) | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
labels = st.none() | st.sampled_from(ODD_NAMES) | st.text(max_size=20)
speakers = st.lists(
    st.sampled_from([RUTTE, KOVALENKO])
    | st.builds(
        Speaker,
        name=st.sampled_from(ODD_NAMES),
        role=st.none() | st.sampled_from(["Minister", "head of mission", "a: b", "Mr", "(acting)"]),
    ),
    max_size=3,
)


@st.composite
def untimed(draw: st.DrawFn) -> list[Spoken]:
    turns = st.builds(
        Spoken,
        label=labels,
        question=st.booleans(),
        paragraphs=st.lists(words, min_size=1, max_size=4).map(tuple),
    )
    return draw(st.lists(turns, min_size=1, max_size=5))


@st.composite
def timed(draw: st.DrawFn) -> list[Spoken]:
    turns, time = [], draw(st.sampled_from([0, 0, 3_600_000 * 1200]))
    for label in draw(st.lists(labels, min_size=1, max_size=5)):
        cues = []
        for lines in draw(
            st.lists(st.lists(words, min_size=1, max_size=3), min_size=1, max_size=4)
        ):
            length, pause = draw(st.tuples(st.integers(1, 5000), st.integers(0, 5000)))
            cues.append(Cue(time, time + length, "\n".join(lines)))
            time += length + pause
        turns.append(Spoken(label, draw(st.booleans()), (), tuple(cues)))
    return turns


@pytest.mark.thorough
@settings(deadline=None, max_examples=500)
@given(untimed(), speakers)
@example([Spoken("Mark Rutte", question=False, paragraphs=tuple(HARD))], [RUTTE, KOVALENKO])
@example([Spoken(None, question=False, paragraphs=tuple(HARD))], [RUTTE])
@example(
    [
        Spoken("Mark Rutte", question=False, paragraphs=("a",)),
        Spoken(None, question=False, paragraphs=("b",)),
    ],
    [RUTTE],
)
def test_any_turns_survive_plain_text(turns: list[Spoken], known: list[Speaker]) -> None:
    reading = spoken.make_reading(turns, known)
    if not reading.turns:
        return
    again = formats.read("txt", formats.write("txt", reading).encode(), known)
    assert again.turns == reading.turns


@pytest.mark.thorough
@settings(deadline=None, max_examples=500)
@given(timed(), speakers, st.sampled_from(["vtt", "srt"]))
@example([Spoken("Mark Rutte", question=False, cues=(Cue(0, 1, "\n".join(HARD)),))], [RUTTE], "srt")
@example([Spoken("Mark Rutte", question=False, cues=(Cue(0, 1, "\n".join(HARD)),))], [RUTTE], "vtt")
@example([Spoken(None, question=False, cues=(Cue(0, 1, "\n".join(HARD)),))], [RUTTE], "vtt")
def test_any_timed_turns_survive_captions(
    turns: list[Spoken], known: list[Speaker], form: formats.Format
) -> None:
    reading = spoken.make_reading(turns, known)
    if not reading.turns:
        return
    again = formats.read(form, formats.write(form, reading).encode(), known)
    assert (again.turns, again.cues) == (reading.turns, reading.cues)


@pytest.mark.thorough
@pytest.mark.parametrize("form", ["txt", "vtt", "srt"])
@pytest.mark.parametrize("text", HARD)
def test_hard_words_survive_where_every_cue_has_one(form: formats.Format, text: str) -> None:
    turns = [
        Spoken("Mark Rutte", question=False, cues=(Cue(0, 900, text), Cue(1000, 1900, text))),
        Spoken(None, question=True, cues=(Cue(2000, 2900, text), Cue(3000, 3900, text))),
        Spoken(None, question=False, cues=(Cue(4000, 4900, text), Cue(5000, 5900, text))),
        Spoken(None, question=False, cues=(Cue(6000, 6900, text),)),
        Spoken("Mark Rutte", question=False, cues=(Cue(7000, 7900, text),)),
        Spoken("Mark Rutte", question=False, cues=(Cue(8000, 8900, text),)),
    ]
    reading = spoken.make_reading(turns, [RUTTE, KOVALENKO])
    again = formats.read(form, formats.write(form, reading).encode(), [RUTTE, KOVALENKO])
    without_times = [turn.model_copy(update={"start": None, "end": None}) for turn in reading.turns]
    assert list(again.turns) == (without_times if form == "txt" else list(reading.turns))


@pytest.mark.parametrize("form", ["txt", "vtt", "srt"])
@pytest.mark.parametrize(
    "label",
    ["then.MARK RUTTE", "Anna Rutte", "with Mark Rutte", "Mark Rutte and Jane Doe", "Rutte-Mark"],
)
@pytest.mark.parametrize("people", [[RUTTE], [RUTTE, KOVALENKO], [Speaker(name="Mark Rutte")]])
def test_a_label_that_holds_the_name_of_another_speaker_survives(
    form: formats.Format, label: str, people: list[Speaker]
) -> None:
    said = [
        Spoken(label, question=False, cues=(Cue(0, 900, "Hello."),)),
        Spoken("Mark Rutte", question=False, cues=(Cue(1000, 1900, "Good morning."),)),
    ]
    reading = spoken.make_reading(said, people)
    again = formats.read(form, formats.write(form, reading).encode(), people)
    timeless = {"start": None, "end": None} if form == "txt" else {}
    assert [*again.turns] == [turn.model_copy(update=timeless) for turn in reading.turns]


def test_of_thousands_of_names_few_are_held_against_each_label() -> None:
    said = [
        Spoken(f"Jane Doe {letter}{number}", question=False, paragraphs=("Hello.",))
        for letter in "abcd"
        for number in range(500)
    ]
    said.append(Spoken("Mark Rutte", question=False, paragraphs=("Hello.",)))
    reading = spoken.make_reading(said, [RUTTE])
    people = spoken.people_in(reading.turns)
    assert people[0] == ("Mark Rutte", RUTTE.role)
    assert len(people) == 20
