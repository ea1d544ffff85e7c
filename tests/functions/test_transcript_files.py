"""Which text of a folder is the transcript, and that none of them costs its folder."""

import io

import pytest
from newsreel.aws import clients
from newsreel.catalogue.transcripts import formats

from tests.support.cloud import Cloud
from tests.support.template import ROOT
from tests.support.uploads import (
    PUBLIC,
    SITE,
    describe,
    finding_codes,
    objects,
    page,
    publish,
    put,
    read,
    receipt,
    remove,
    transcript,
    upload,
)

TXT = b"Mark Rutte: Hello.\nQuestion: Why?\n"
SRT = "1\n00:00:01,000 --> 00:00:02,000\n{}\n"
SUMS = b"d41d8cd98f00b204e9800998ecf8427e  preview.mp4\n"


def words() -> list[str]:
    return [text for turn in transcript().json["turns"] for text in turn["text"]]


@pytest.mark.thorough
def test_transcript_txt_counts_before_captions_of_other_names_and_languages(cloud: Cloud) -> None:
    put("transcript.txt", TXT)
    put("subtitles_fr.srt", SRT.format("Bonjour.").encode())
    put("subtitles_uk.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + "Добрий день.".encode())
    put("captions.srt", SRT.format("Good morning.").encode())
    publish(language="en")
    assert words() == ["Hello.", "Why?"]
    assert (
        finding_codes("subtitles_fr.srt") == finding_codes("subtitles_uk.vtt") == ["caption_track"]
    )
    assert finding_codes("captions.srt") == ["transcript_unused"]


@pytest.mark.parametrize(
    "name", ["subtitles_fr.srt", "x.fr.srt", "x-fr-FR.srt", "french.srt", "transcript.FRA.srt"]
)
def test_captions_in_another_language_are_a_track_and_not_the_transcript(
    cloud: Cloud, name: str
) -> None:
    put(name, SRT.format("Mark Rutte: Bonjour.").encode())
    shell = (ROOT / "website" / "shell.html").read_bytes()
    clients.s3().put_object(Bucket=SITE, Key="shells/en/video.html", Body=shell)
    publish(language="en-GB")
    video = read().json
    assert video["transcript"] is None
    assert video["captions_url"] is None
    assert finding_codes(name) == ["caption_track"]
    [track] = video["caption_tracks"]
    assert track["language"] == "fr"
    served = clients.s3().get_object(Bucket=PUBLIC, Key=track["url"].lstrip("/"))
    assert served["ContentType"] == "text/vtt; charset=utf-8"
    assert served["Body"].read().decode().endswith("<v Secretary General Mark Rutte>Bonjour.\n")
    assert f'src="{track["url"]}" srclang="fr" label="Français"' in page().text


@pytest.mark.thorough
def test_the_tracks_of_a_video_follow_their_files(cloud: Cloud) -> None:
    put("x_fr.srt", SRT.format("Bonjour.").encode())
    put("x_fr.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nSalut.\n")
    put("x_de.txt", b"Mark Rutte: Guten Tag.\n")
    put("x_uk.srt", b"Not timed.")
    put("transcript.srt", SRT.format("Mark Rutte: Hello.").encode())
    publish(language="en")
    before = read().json
    assert [track["language"] for track in before["caption_tracks"]] == ["fr"]
    codes = {name: finding_codes(name) for name in ("x_fr.srt", "x_fr.vtt", "x_de.txt", "x_uk.srt")}
    assert codes == {
        "x_fr.vtt": ["caption_track"],
        "x_fr.srt": ["transcript_unused"],
        "x_de.txt": ["other_language"],
        "x_uk.srt": ["no_timings"],
    }
    describe(language="en", location="Munich")
    assert read().json["caption_tracks"] == before["caption_tracks"]
    upload("x_fr.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nBonsoir.\n")
    [track] = read().json["caption_tracks"]
    assert track != before["caption_tracks"][0]  # no cache shows the old words
    remove("x_fr.vtt")
    remove("x_fr.srt")
    assert read().json["caption_tracks"] == []
    assert not [key for key in objects(PUBLIC) if "captions-" in key]


@pytest.mark.parametrize("name", ["subtitles_en.srt", "x.eng.srt", "transcript.en-US.srt"])
def test_captions_in_the_videos_language_are_the_transcript(cloud: Cloud, name: str) -> None:
    put(name, SRT.format("Mark Rutte: Hello.").encode())
    publish(language="en-GB")
    assert words() == ["Hello."]
    assert finding_codes(name) == []


@pytest.mark.thorough
def test_a_list_of_checksums_is_no_transcript(cloud: Cloud) -> None:
    put("checksums.md5.txt", SUMS)
    publish()
    assert read().json["transcript"] is None
    assert finding_codes("checksums.md5.txt") == ["checksums_listed"]
    upload("transcript.txt", TXT)
    assert words() == ["Hello.", "Why?"]


@pytest.mark.thorough
def test_a_text_of_another_name_without_a_speaker_is_no_transcript(cloud: Cloud) -> None:
    put("readme.txt", b"These files were made on Friday.\nThey are for you.\n")
    publish()
    assert read().json["transcript"] is None
    assert finding_codes("readme.txt") == ["not_a_transcript"]


@pytest.mark.thorough
def test_a_transcript_that_names_no_speaker_is_told(cloud: Cloud) -> None:
    put("transcript.txt", b"It is good to be here.\n")
    publish()
    assert words() == ["It is good to be here."]
    assert finding_codes("transcript.txt") == ["no_speaker"]


@pytest.mark.thorough
def test_letters_that_were_garbled_before_are_not_published(cloud: Cloud) -> None:
    put("transcript.txt", "Mark Rutte: La premiÃ¨re rÃ©union a Ã©tÃ© trÃ¨s rÃ©ussie.".encode())
    publish()
    assert read().json["transcript"] is None
    assert finding_codes("transcript.txt") == ["garbled"]


@pytest.mark.thorough
def test_western_windows_letters_are_refused_where_the_language_has_others(cloud: Cloud) -> None:
    put("transcript.txt", "Mark Rutte: Él está aquí.".encode("cp1252"))
    publish(language="uk")
    assert read().json["transcript"] is None
    assert finding_codes("transcript.txt") == ["encoding_unclear"]
    publish(language="es")
    assert finding_codes("transcript.txt") == ["read_as_guess"]


@pytest.mark.thorough
def test_hours_without_end_do_not_stop_a_folder(cloud: Cloud) -> None:
    hours = "1" * 310
    put("transcript.vtt", f"WEBVTT\n\n{hours}:00:00.000 --> {hours}:00:01.000\nHi.\n".encode())
    publish()
    assert read().status == 200
    assert "cue_times_unreadable" in finding_codes("transcript.vtt")


@pytest.mark.thorough
def test_a_fault_of_a_reader_is_a_remark_on_its_file_and_stops_nothing(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO
) -> None:
    def fail(*_args: object) -> None:
        raise ZeroDivisionError("words of the file")

    monkeypatch.setattr(formats, "read", fail)
    put("transcript.txt", TXT)
    publish()
    assert read().json["transcript"] is None
    assert finding_codes("transcript.txt") == ["reading_failed"]
    [file] = [one for one in receipt()["files"] if one["file_name"] == "transcript.txt"]
    reference = file["remarks"][0]["message"].rpartition(": ")[2].rstrip(".")
    assert reference in logged.getvalue()
    assert "words of the file" not in logged.getvalue()


@pytest.mark.thorough
def test_nobodys_words_stand_on_the_page_without_a_name(cloud: Cloud) -> None:
    put("transcript.srt", SRT.format("Mark Rutte: In June.").encode() + b"\n2\n"
        b"00:00:03,000 --> 00:00:04,000\nWill you resign?\n")  # fmt: skip
    publish()
    turns = transcript().json["turns"]
    assert [(turn["speaker"], turn["text"]) for turn in turns] == [
        ("Mark Rutte", ["In June."]),
        (None, ["Will you resign?"]),
    ]


@pytest.mark.thorough
def test_what_systems_leave_behind_is_neither_published_nor_told(cloud: Cloud) -> None:
    put("._transcript.txt", b"Anna Svensson: No.")
    put(".DS_Store", b"x")
    put("@eaDir/transcript.txt", b"Anna Svensson: No.")
    put("transcript.txt.part", b"Anna Svensson: No.")
    put("transcript.txt", TXT)
    publish()
    assert words() == ["Hello.", "Why?"]
    names = [one["file_name"] for one in receipt()["files"]]
    assert names == ["metadata.json", "preview.mp4", "transcript.txt"]


@pytest.mark.thorough
def test_what_nobody_sees_does_not_reach_names_and_words_of_a_transcript(cloud: Cloud) -> None:
    text = "<v Anna S\u202evens\u200bson>Be\u0301la sa\u2067id so."
    put("transcript.vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n".encode())
    publish()
    [turn] = transcript().json["turns"]
    assert (turn["speaker"], turn["text"]) == ("Anna Svensson", ["B\u00e9la said so."])
    assert not any(sign in transcript(form="vtt").text for sign in "\u202e\u200b\u2067\u0301")
    assert "characters_left_out" in finding_codes("transcript.vtt")
