"""Uploads beyond a limit get a receipt instead of a failure; what is kept fits into an answer."""

import json

import pytest
from newsreel.aws import clients
from newsreel.aws.items import to_item
from newsreel.catalogue import keys

from tests.support import media_files
from tests.support.cloud import Cloud
from tests.support.media_files import make
from tests.support.scenarios import SHELL
from tests.support.uploads import (
    METADATA,
    SITE,
    VIDEO,
    describe,
    finding_codes,
    page,
    publish,
    put,
    read,
    receipt,
    transcript,
    upload,
)


def long_transcript(turns: int, words: str = "Why?") -> bytes:
    """Return an SRT whose speakers take turns; its times deflate to nearly nothing."""
    cue = "1\n00:00:01,500 --> 00:00:02,000\n{}: {}\n\n"
    pair = cue.format("Question", words) + cue.format("Jane Doe", words)
    return (pair * (turns // 2)).encode()


@pytest.mark.thorough
def test_a_kept_transcript_that_no_longer_fits_gets_a_finding_and_does_not_stop_its_folder(
    cloud: Cloud,
) -> None:
    """A transcript stores its speakers' names and roles with their words."""
    put("transcript.srt", long_transcript(3000, "w"))
    publish(title="Before", speakers=[{"name": "Jane Doe"}])
    assert read().json["transcript"] is not None
    describe(title="After", speakers=[{"name": "Jane Doe", "role": "R" * 200}])
    assert read().json["title"] == "After"
    assert read().json["transcript"] is None
    assert "transcript_too_large" in finding_codes("transcript.srt")


@pytest.mark.parametrize(
    ("turns", "words"),
    [(60_000, "w"), (2000, "<&>\"'" * 300), (4000, "Почему? " * 40)],
    ids=["many turns", "words that grow when escaped", "Cyrillic"],
)
@pytest.mark.thorough
def test_a_transcript_too_long_for_an_answer_gets_a_finding_and_the_one_before_stays(
    cloud: Cloud, turns: int, words: str
) -> None:
    put("transcript.srt", long_transcript(2))
    publish()
    before = transcript().json
    upload("transcript.srt", long_transcript(turns, words))
    assert finding_codes("transcript.srt") == ["transcript_too_large", "transcript_kept"]
    assert transcript().json == before
    assert receipt()["state"] == "published"
    upload("transcript.srt", long_transcript(4))
    assert finding_codes("transcript.srt") == []
    assert len(transcript().json["turns"]) == 4


@pytest.mark.parametrize(
    ("turns", "words"), [(3000, "w"), (1000, '"' * 200), (1000, "Почему? " * 20)]
)
@pytest.mark.thorough
def test_a_transcript_that_is_kept_fits_into_every_answer(
    cloud: Cloud, turns: int, words: str
) -> None:
    clients.s3().put_object(Bucket=SITE, Key="shells/en/video.html", Body=SHELL)
    put("transcript.srt", long_transcript(turns, words))
    publish()
    assert finding_codes("transcript.srt") == []
    answers = [page(), *(transcript(form=form) for form in ("json", "vtt", "srt", "txt"))]
    for answer in answers:
        assert answer.status == 200
        assert len(json.dumps(answer.text)) < 6_000_000


@pytest.mark.thorough
def test_a_transcript_of_wrong_cues_gets_findings_for_the_first_ones(cloud: Cloud) -> None:
    cue = "1\n00:00:01,500 --> 00:00:01,000\nWord.\n\n"
    put("transcript.srt", (cue * 20_000).encode())
    publish()
    assert finding_codes("transcript.srt") == ["no_speaker"] + ["cue_repaired"] * 19 + [
        "more_remarks"
    ]
    assert read().json["transcript"]["timed"]


@pytest.mark.thorough
def test_a_metadata_file_of_wrong_fields_gets_findings_for_the_first_ones(cloud: Cloud) -> None:
    wrong = {f"f{number}": 1 for number in range(8000)}
    upload("metadata.json", json.dumps({**METADATA, **wrong}).encode())
    assert finding_codes("metadata.json") == ["field_unknown"] * 20 + ["more_remarks"]


@pytest.mark.thorough
def test_a_folder_of_very_many_files_has_a_receipt_that_says_so(cloud: Cloud) -> None:
    for number in range(1500):
        put(f"{number:04}-{'long ' * 45}.bin", b"x")
    publish()
    listed = receipt()["files"]
    assert read().status == 200
    assert "preview.mp4" in [one["file_name"] for one in listed]
    [left_out] = [
        finding for finding in receipt()["remarks"] if finding["code"] == "files_left_out"
    ]
    assert f": {1502 - len(listed)}." in left_out["message"]


@pytest.mark.thorough
def test_too_many_media_files_are_refused_and_displace_none_that_counts(cloud: Cloud) -> None:
    publish()
    for number in range(60):
        put(f"a{number:02}.mp4", b"x" * (number + 1))
    describe(topics=["Ukraine"])
    assert [r["rendition_id"] for r in read().json["renditions"]] == ["preview-mp4"]
    assert finding_codes("a48.mp4") == ["other_format"]
    assert finding_codes("a49.mp4") == ["too_many_files"]


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["two\nlines.mp4", "bell\x07.mp4", "ü" * 126 + ".mp4"])
def test_a_name_that_no_file_system_accepts_is_refused(cloud: Cloud, name: str) -> None:
    put(name, make(media_files.PREVIEW))
    publish()
    assert finding_codes(name) == ["name_unusable"]
    assert [r["rendition_id"] for r in read().json["renditions"]] == ["preview-mp4"]


@pytest.mark.thorough
def test_a_folder_as_full_as_it_may_be_is_kept(cloud: Cloud) -> None:
    """The folder's state, its video and its receipt each fit into an item."""
    sound = make(media_files.WAV)
    names = [f"{number:02}-{'long name ' * 24}.wav" for number in range(50)]
    for number, name in enumerate(names):
        put(name, sound + bytes(2 * number))
    shots = [{"in": "00:01", "out": "00:02", "text": "e" * 180} for _ in range(480)]
    describe(shotlist=shots)
    assert len(read().json["renditions"]) == 50
    assert len(receipt()["files"]) == 51
    for name in names:
        put(name, b"broken")
    describe(shotlist=shots, topics=["Ukraine"])
    assert len(read().json["renditions"]) == 50
    folder = cloud.dynamodb.get_item(TableName="catalogue", Key=to_item(keys.folder_pk(VIDEO)))
    # Each look at a file writes the lease's item, and pays for each kilobyte of it.
    assert len(folder["Item"]["state"]["B"]) < 40_000
