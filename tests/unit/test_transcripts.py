"""Transcripts: what is read from what the press office uploads, and what is written back."""

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.model import Speaker
from newsreel.catalogue.transcripts import formats, spoken
from newsreel.catalogue.transcripts.spoken import Cue, Spoken

RUTTE = Speaker(name="Mark Rutte", role="NATO Secretary General")
PAGE = """NATO Secretary General Mark Rutte

Good to see you all. And I’m happy to be back in Munich at this important conference.

One: good news, more money coming in to support Ukraine in the war effort.

Question

Yes, I have, Mr Rutte. Will you continue working with them?

NATO Secretary General Mark Rutte

Sorry, that is not on my agenda today or tomorrow.

Question

The deadline?

NATO Secretary General Mark Rutte

We will do this step-by-step. PURL [Prioritised Ukraine Requirements List] helps.
"""
VOICES = """WEBVTT - Munich

STYLE
::cue(v) { color: white }

NOTE the press office's own

intro
00:00.000 --> 00:02.500 align:start
<v Mark Rutte>Good to see
you &amp; <i>all</i>.

00:02.600 --> 00:04.000
I am back.

00:00:45.794 --> 00:00:45.685
<v.question Journalist>What about R&amp;D &lt;now&gt;?

01:00:00.000 --> 01:00:03.000
<v Mark Rutte>Step by step.</v> <v Jane Doe>Indeed.
"""
SUBTITLES = """1
00:00:00,000 --> 00:00:02,500
<b>Mark Rutte:</b> Good to see you.

2
00:00:02,600 --> 00:00:04,000
One: good news.

3
00:00:05,000 --> 00:00:06,000
Question: When?

4
00:00:06,100 --> 00:00:07,000
Mark Rutte: Soon.
"""


def test_a_press_page_has_a_statement_questions_and_answers() -> None:
    reading = formats.read("txt", PAGE.encode(), [RUTTE])
    assert [turn.kind for turn in reading.turns] == [
        "statement",
        "question",
        "answer",
        "question",
        "answer",
    ]
    assert {(t.speaker, t.role) for t in reading.turns if t.kind != "question"} == {
        ("Mark Rutte", "NATO Secretary General")
    }
    assert len(reading.turns[0].text) == 2
    assert reading.turns[3].text == ["The deadline?"]
    assert not reading.timed


def test_the_munich_doorstep_has_fifteen_turns_and_seven_questions() -> None:
    found = sorted(Path("tools/sample_media").rglob("transcript.txt"))
    if not found:
        pytest.skip("the sample transcript is not here")
    reading = formats.read("txt", found[0].read_bytes(), [RUTTE])
    assert len(reading.turns) == 15
    assert sum(turn.kind == "question" for turn in reading.turns) == 7
    assert reading.turns[0].text[0].startswith("Good to see you all.")


def test_without_metadata_the_whole_line_is_the_speaker() -> None:
    turn = formats.read("txt", PAGE.encode()).turns[0]
    assert (turn.speaker, turn.role) == ("NATO Secretary General Mark Rutte", None)


def test_a_heading_above_the_first_speaker_is_left_out_and_told() -> None:
    text = f"Doorstep Statement In Munich\n\n{PAGE}"
    reading = formats.read("txt", text.encode(), [RUTTE])
    assert reading.turns == formats.read("txt", PAGE.encode(), [RUTTE]).turns
    assert [finding.code for finding in reading.findings] == ["heading_dropped"]


def test_text_without_blank_lines_has_a_paragraph_a_line() -> None:
    reading = formats.read("txt", b"Jane Doe\nHello there.\nAnd more.\nQuestion\nWhy?\n")
    assert [(t.speaker, t.text) for t in reading.turns] == [
        ("Jane Doe", ["Hello there.", "And more."]),
        (None, ["Why?"]),
    ]


def test_a_label_may_stand_directly_above_wrapped_text() -> None:
    reading = formats.read("txt", b"Jane Doe:\nHello there, this is\nwrapped.\n\nMore.\n")
    assert [(t.speaker, t.text) for t in reading.turns] == [
        ("Jane Doe:".rstrip(":"), ["Hello there, this is wrapped.", "More."])
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Thank you very much.",
        "the start of something",
        "We need interceptors; we need ammunition",
        "Is that so?",
        "A" * 101,
    ],
)
def test_a_sentence_is_not_a_speaker(sentence: str) -> None:
    text = f"Jane Doe\n\nHello.\n\n{sentence}\n\nMore."
    assert len(formats.read("txt", text.encode()).turns) == 1


def test_voices_make_turns_and_a_cue_without_one_is_nobodys() -> None:
    reading = formats.read("vtt", VOICES.encode(), [RUTTE])
    assert [(t.speaker, t.kind, t.text) for t in reading.turns] == [
        ("Mark Rutte", "statement", ["Good to see you & all."]),
        (None, "statement", ["I am back."]),
        (None, "question", ["What about R&D <now>?"]),
        ("Mark Rutte", "answer", ["Step by step."]),
        ("Jane Doe", "answer", ["Indeed."]),
    ]
    assert (reading.turns[0].start, reading.turns[0].end) == (0.0, 2.5)


def test_a_cue_that_ends_before_it_starts_is_repaired_and_told() -> None:
    reading = formats.read("vtt", VOICES.encode())
    [repaired] = [finding for finding in reading.findings if finding.code == "cue_repaired"]
    assert repaired.values["end"] == "00:00:45.685"
    turn = reading.turns[2]
    assert turn.start == 45.794
    assert turn.end is not None
    assert turn.end > turn.start


def test_a_repaired_cue_ends_before_the_next_begins() -> None:
    cues, _findings = spoken.repair([Cue(1000, 900, "one"), Cue(1200, 2000, "two")])
    assert cues[0] == Cue(1000, 1200, "one")


def test_cues_out_of_order_are_sorted_and_empty_ones_dropped() -> None:
    cues, findings = spoken.repair([Cue(5000, 6000, "b"), Cue(0, 500, " "), Cue(1000, 2000, "a")])
    assert [cue.text for cue in cues] == ["a", "b"]
    assert {finding.code for finding in findings} == {"cues_sorted", "cue_dropped"}


def test_a_pause_after_a_sentence_makes_a_paragraph() -> None:
    text = (
        "WEBVTT\n\n00:00.000 --> 00:01.000\nOne.\n\n"
        "00:04.000 --> 00:05.000\nTwo\n\n00:09.000 --> 00:10.000\nthree."
    )
    assert formats.read("vtt", text.encode()).turns[0].text == ["One.", "Two three."]


def test_subtitles_name_speakers_in_bold_or_with_a_colon() -> None:
    reading = formats.read("srt", SUBTITLES.encode(), [RUTTE])
    assert [(t.speaker, t.kind) for t in reading.turns] == [
        ("Mark Rutte", "statement"),
        (None, "question"),
        ("Mark Rutte", "answer"),
    ]
    # "One:" is how a sentence begins, not who says it.
    assert reading.turns[0].text == ["Good to see you. One: good news."]


@pytest.mark.parametrize(
    ("encoded", "told"),
    [
        (PAGE.encode(), None),
        (b"\xef\xbb\xbf" + PAGE.encode(), None),
        (PAGE.encode("utf-16"), "UTF-16"),
        (PAGE.encode("utf-16-le"), "UTF-16"),
        (PAGE.encode("utf-16-be"), "UTF-16"),
        (PAGE.encode("cp1252"), "Windows-1252"),
        (PAGE.replace("\n", "\r\n").encode(), None),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "crlf"],
)
def test_every_usual_encoding_is_read_and_told(encoded: bytes, told: str | None) -> None:
    reading = formats.read("txt", encoded)
    assert reading.turns == formats.read("txt", PAGE.encode()).turns
    names = [finding.values.get("encoding") for finding in reading.findings]
    assert names == ([told] if told else [])


@pytest.mark.parametrize(
    ("form", "data", "code"),
    [
        ("txt", b"", "empty"),
        ("txt", b"\xef\xbb\xbf \n\n", "empty"),
        ("txt", b"\x00\x00\x00", "empty"),
        ("txt", bytes(range(256)), "not_text"),
        ("txt", b"PK\x03\x04binary", "not_text"),
        ("txt", b"\xff\xfeo", "not_text"),
        ("txt", b"a\x81b", "encoding_unclear"),
        ("txt", b"Question\n", "no_words"),
        ("vtt", b"WEBVTT\n\nNOTE nothing", "no_timings"),
        ("vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "no_words"),
        ("srt", b"just words", "no_timings"),
        ("srt", b"1\n00:00:01,000 --> 00:00:02,000\n", "no_words"),
    ],
)
def test_what_is_no_transcript_is_refused_with_its_reason(
    form: formats.Format, data: bytes, code: str
) -> None:
    with pytest.raises(RejectedError) as refused:
        formats.read(form, data)
    assert refused.value.finding.code == code


def test_what_a_file_is_counts_and_not_what_it_is_called() -> None:
    assert formats.read("txt", VOICES.encode()).timed


@pytest.mark.parametrize("form", ["vtt", "srt"])
def test_an_untimed_transcript_has_no_timed_form(form: formats.Format) -> None:
    with pytest.raises(ValueError, match="untimed"):
        formats.write(form, formats.read("txt", PAGE.encode()))


@pytest.mark.parametrize("form", ["vtt", "srt"])
@pytest.mark.parametrize(("source", "text"), [("vtt", VOICES), ("srt", SUBTITLES)])
def test_reading_what_was_written_gives_the_same_turns_and_cues(
    form: formats.Format, source: formats.Format, text: str
) -> None:
    reading = formats.read(source, text.encode(), [RUTTE])
    again = formats.read(form, formats.write(form, reading).encode(), [RUTTE])
    assert (again.turns, again.cues) == (reading.turns, reading.cues)
    assert again.findings == ()


def test_reading_written_text_gives_the_same_turns() -> None:
    reading = formats.read("txt", PAGE.encode(), [RUTTE])
    written = formats.write("txt", reading)
    assert written == PAGE
    assert formats.read("txt", written.encode(), [RUTTE]).turns == reading.turns


words = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12
).filter(lambda text: "-->" not in text)
names = st.from_regex(r"[A-Z][a-z]{2,9} [A-Z][a-z]{2,9}", fullmatch=True)


@st.composite
def timed_turns(draw: st.DrawFn) -> list[Spoken]:
    turns, time = [], 0
    for label in draw(st.lists(st.none() | names, min_size=1, max_size=5)):
        cues = []
        for sentence in draw(st.lists(st.lists(words, min_size=1, max_size=4), min_size=1)):
            length, pause = draw(st.tuples(st.integers(1, 5000), st.integers(0, 5000)))
            cues.append(Cue(time, time + length, " ".join(sentence)))
            time += length + pause
        question = label is None or draw(st.booleans())
        turns.append(Spoken(label, question, (), tuple(cues)))
    return turns


@pytest.mark.thorough
@settings(deadline=None)
@given(timed_turns())
def test_any_timed_transcript_survives_webvtt(turns: list[Spoken]) -> None:
    reading = spoken.make_reading(turns)
    again = formats.read("vtt", formats.write("vtt", reading).encode())
    assert (again.turns, again.cues) == (reading.turns, reading.cues)


def without_markup(text: str) -> str:
    return re.sub(r"[<>{}:]", "", text).strip() or "x"


@pytest.mark.thorough
@settings(deadline=None)
@given(timed_turns())
def test_any_timed_transcript_without_markup_survives_srt(turns: list[Spoken]) -> None:
    plain = [
        replace(turn, cues=tuple(replace(c, text=without_markup(c.text)) for c in turn.cues))
        for turn in turns
    ]
    reading = spoken.make_reading(plain)
    again = formats.read("srt", formats.write("srt", reading).encode())
    assert (again.turns, again.cues) == (reading.turns, reading.cues)


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["txt", "vtt", "srt"]))
def test_no_file_breaks_a_reader(data: bytes, form: formats.Format) -> None:
    with suppress(RejectedError):
        assert all(turn.text for turn in formats.read(form, data).turns)


_VTT_CUE = "WEBVTT\n\n00:00.000 --> 00:01.000\n"
_SRT_CUE = "1\n00:00:00,000 --> 00:00:01,000\n"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("vtt", _VTT_CUE + "<v " * 250_000),
        ("vtt", _VTT_CUE + "<a" * 250_000),
        ("vtt", _VTT_CUE + "<v" + ".a" * 250_000),
        ("srt", _SRT_CUE + "<font " * 150_000),
        ("srt", _SRT_CUE + "<b>a" * 150_000),
        ("vtt", "WEBVTT\n\n" + "00:01.000 --> 00:00.000\nhi\n\n" * 40_000),
    ],
)
def test_a_text_made_to_be_slow_is_read_like_any_other(form: formats.Format, text: str) -> None:
    # Read by rules that look at each character again for each tag, one of these takes many minutes.
    assert len(formats.read(form, text.encode()).turns) == 1


def test_a_cue_that_ends_before_it_starts_lasts_until_one_that_starts_later() -> None:
    cues = [Cue(1000, 500, "x" * 100), Cue(1000, 900, "y" * 100), Cue(1500, 9000, "z")]
    kept, _findings = spoken.repair(cues)
    assert [cue.end for cue in kept] == [1500, 1500, 9000]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Bundesaußenminister Jörg Groß", "Bundesaußenminister"),
        ("JÖRG GROß, Außenminister", "Außenminister"),
        ("Jörg Groß", "Minister"),
        ("JÖRG GROSS", "Minister"),
        ("BUNDESAUßENMINISTER JÖRG GROSS", "BUNDESAUßENMINISTER"),
        ("JÖRG GROSS, AUSSENMINISTER", "AUSSENMINISTER"),
        ("Dışişleri Bakanı İ. Jörg Groß", "Dışişleri Bakanı İ."),
    ],
)
def test_a_role_is_cut_where_the_name_begins_in_every_script(label: str, role: str) -> None:
    voice = f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v {label}>Hello."
    speaker = Speaker(name="Jörg Groß", role="Minister")
    [turn] = formats.read("vtt", voice.encode(), [speaker]).turns
    assert (turn.speaker, turn.role) == ("Jörg Groß", role)
