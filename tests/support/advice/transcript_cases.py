"""Transcripts: each remark that a reader makes, and which text of a folder is the transcript."""

from tests.support.advice.case import Advice, described
from tests.unit.test_transcript_advice import ADVICE as OF_READERS

NAME = "metadata.json"
TXT = b"Mark Rutte: Good morning.\n"
SRT = "{}\n00:00:{:02},000 --> 00:00:{:02},000\n{}\n\n"
TWO = SRT.format(1, 1, 2, "Mark Rutte: Hello.") + SRT.format(2, 3, 4, "{}")
SUMS = b"d41d8cd98f00b204e9800998ecf8427e  preview.mp4\n"


def of_folder(one: object) -> Advice:
    """Return a reader's case as one of a folder."""
    assert isinstance(one, type(OF_READERS[0]))
    name = f"transcript.{one.form}"
    names = [{"name": "Mark Rutte"}, *({"name": speaker.name} for speaker in one.added)]
    return Advice(
        one.code,
        {NAME: described(), name: one.before},
        {NAME: described(speakers=names), name: one.after},
        left=frozenset({"no_rendition"}),
    )


def reread(code: str, name: str, wrong: bytes, right: bytes | None) -> Advice:
    """Return a case: the file is corrected, or removed."""
    return Advice(code, {NAME: described(language="en"), name: wrong}, {name: right})


CASES: tuple[Advice, ...] = (
    *map(of_folder, OF_READERS),
    reread("checksums_listed", "checksums.md5.txt", SUMS, None),
    Advice(
        "not_a_transcript",
        {NAME: described(), "words.txt": b"It is good to be here.\n"},
        {"words.txt": None, "transcript.txt": b"It is good to be here.\n"},
    ),
    reread("not_a_transcript", "readme.txt", b"These are for you.\n", None),
    Advice(
        "other_language",
        {NAME: described(language="en"), "words_fr.txt": TXT},
        {NAME: described(language="fr")},
    ),
    Advice(
        "other_language",
        {NAME: described(language="en"), "words_fr.txt": TXT},
        {"words_fr.txt": None, "words_en.txt": TXT},
    ),
    Advice(
        "caption_track",
        {NAME: described(language="en"), "words_fr.srt": TWO.format("Oui.").encode()},
        gone=False,
    ),
    Advice(
        "video_language_unknown",
        {NAME: described(), "transcript.txt": TXT, "words_fr.srt": TWO.format("Oui.").encode()},
        {NAME: described(language="en")},
    ),
    reread(
        "cues_sorted",
        "transcript.srt",
        (
            SRT.format(1, 3, 4, "Mark Rutte: Soon.") + SRT.format(2, 1, 2, "Mark Rutte: Hi.")
        ).encode(),
        TWO.format("Soon.").encode(),
    ),
    Advice(
        "cue_dropped", {NAME: described(), "transcript.srt": TWO.format("").encode()}, gone=False
    ),
    Advice(
        "captions_folded",
        {
            NAME: described(),
            "transcript.vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\ngood morning everybody\n\n"
            b"00:02.000 --> 00:03.000\ngood morning everybody\nit is a pleasure\n\n"
            b"00:03.000 --> 00:04.000\nit is a pleasure\nto be here\n\n"
            b"00:04.000 --> 00:05.000\nto be here\nwith all of you\n",
        },
        gone=False,
    ),
    Advice(
        "heading_dropped",
        {NAME: described(), "transcript.txt": b"Doorstep in Munich\n\n" + TXT},
        gone=False,
    ),
    Advice(
        "read_as",
        {NAME: described(), "transcript.txt": TXT.decode().encode("utf-16")},
        gone=False,
    ),
    Advice(
        "transcript_unused",
        {NAME: described(), "transcript.txt": TXT, "words.srt": TWO.format("Yes.").encode()},
        {"words.srt": None},
    ),
    Advice(
        "transcript_kept",
        {"transcript.txt": b"\x00\x01"},
        {"transcript.txt": TXT + TXT},
        earlier={NAME: described(), "transcript.txt": TXT},
    ),
    Advice(
        "transcript_too_large",
        {NAME: described(), "transcript.txt": TXT * 40},
        {"transcript.txt": TXT},
        set_to=(("newsreel.catalogue.transcripts.size.LARGEST_ANSWER", 3000),),
    ),
    Advice(
        "reading_failed",
        {NAME: described(), "transcript.txt": TXT},
        {"transcript.txt": TXT + TXT},
    ),
)
