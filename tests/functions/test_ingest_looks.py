"""A file that ends the function that looks at it costs neither its folder nor the others."""

import json

import pytest
from newsreel.aws import clients
from newsreel.catalogue import metadata
from newsreel.catalogue.transcripts import formats
from newsreel.ingest.lease import LONGEST
from newsreel.lambda_runtime.error_log import RecordFailedError
from newsreel.media import worker

from tests.support import media_files
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import s3_event
from tests.support.killed import Deadly, killed
from tests.support.media_files import make
from tests.support.uploads import (
    MEDIA,
    METADATA,
    PUBLIC,
    VIDEO,
    describe,
    finding_codes,
    folder_finding_codes,
    ingest,
    minute,
    publish,
    put,
    read,
    remove,
    upload,
)


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Deadly:
    deadly = Deadly(len(POISON))
    monkeypatch.setattr(worker, "probe", deadly.around(worker.probe))
    return deadly


POISON = b"poison" * 111
OTHER = "2026-02-14-other-doorstep"


@pytest.mark.thorough
def test_a_file_that_ended_two_functions_gets_a_receipt_instead_of_a_third_try(
    cloud: Cloud, fake_clock: FakeClock, poison: Deadly
) -> None:
    put("metadata.json", json.dumps(METADATA).encode())
    put("sound.wav", make(media_files.WAV))
    put("a.wav", POISON)
    put("z.wav", make(media_files.WAV) + bytes(2))
    event = s3_event(MEDIA, f"incoming/{VIDEO}/a.wav")
    for _ in range(2):
        with killed(fake_clock):
            ingest(event)
    ingest(event)
    assert poison.looks == 2
    assert finding_codes("a.wav") == ["gave_up"]
    # The others of its folder are as sound as they were.
    assert [r["file_name"] for r in read().json["renditions"]] == ["sound.wav", "z.wav"]
    describe(title="Other")
    assert poison.looks == 2
    assert finding_codes("a.wav") == ["gave_up"]


@pytest.mark.thorough
def test_the_schedule_alone_brings_such_a_folder_to_its_receipt(
    cloud: Cloud, fake_clock: FakeClock, poison: Deadly
) -> None:
    put("metadata.json", json.dumps(METADATA).encode())
    put("sound.wav", make(media_files.WAV))
    with killed(fake_clock):
        ingest(s3_event(MEDIA, put("a.wav", POISON)))
    with killed(fake_clock):
        minute()
    # After a broken try the next one waits longer.
    fake_clock.forward(seconds=LONGEST)
    minute()
    assert poison.looks == 2
    assert read().status == 200


@pytest.mark.thorough
def test_a_changed_file_starts_again(cloud: Cloud, fake_clock: FakeClock, poison: Deadly) -> None:
    publish()
    for _ in range(2):
        with killed(fake_clock):
            upload("a.wav", POISON)
    upload("a.wav", POISON)
    upload("a.wav", make(media_files.WAV))
    assert finding_codes("a.wav") == []
    with killed(fake_clock):
        upload("a.wav", POISON[::-1])
    assert poison.looks == 3


@pytest.mark.thorough
def test_a_look_that_ended_is_not_counted_whatever_happens_later(
    cloud: Cloud, fake_clock: FakeClock, poison: Deadly
) -> None:
    """Three functions are ended by three files, and a file between them is looked at each time."""
    put("metadata.json", json.dumps(METADATA).encode())
    put("b.wav", make(media_files.WAV))
    put("c.wav", POISON)
    event = s3_event(MEDIA, f"incoming/{VIDEO}/b.wav")
    for _ in range(2):
        with killed(fake_clock):
            ingest(event)
    put("d.wav", POISON[::-1])
    for _ in range(2):
        with killed(fake_clock):
            ingest(event)
    ingest(event)
    assert [r["file_name"] for r in read().json["renditions"]] == ["b.wav"]
    assert finding_codes("c.wav") == finding_codes("d.wav") == ["gave_up"]


@pytest.mark.thorough
def test_a_fault_of_aws_in_a_look_is_no_fault_of_the_file(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = put("a.wav", make(media_files.WAV))

    def fail(*_values: object) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(worker, "probe", fail)
        for _ in range(5):
            with pytest.raises(RecordFailedError):
                ingest(s3_event(MEDIA, key))
    ingest(s3_event(MEDIA, key))
    assert finding_codes("a.wav") == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["metadata.json", "transcript.vtt", "poster.jpg"])
def test_every_sort_of_file_is_counted_before_it_is_read(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    deadly = Deadly(len(POISON))
    monkeypatch.setattr(worker, "poster_from_jpeg", deadly.around(worker.poster_from_jpeg))
    monkeypatch.setattr(metadata, "read", deadly.around(metadata.read))
    spoken = formats.read
    monkeypatch.setattr(
        formats,
        "read",
        lambda form, data, *more: deadly.around(lambda d, *m: spoken(form, d, *m))(data, *more),
    )
    publish()
    for _ in range(2):
        with killed(fake_clock):
            upload(name, POISON)
    upload(name, POISON)
    assert finding_codes(name)[0] == "gave_up"
    assert read().json["title"] == "Doorstep"
    upload("more.wav", make(media_files.WAV))
    assert deadly.looks == 2
    assert finding_codes(name)[0] == "gave_up"


def picture() -> bytes:
    """Return a JPEG: the poster of another video."""
    put("metadata.json", json.dumps(METADATA).encode(), OTHER)
    upload("clip.mp4", make(media_files.FRAGMENTED), OTHER)
    key = read(OTHER).json["posters"]["640"].lstrip("/")
    data: bytes = clients.s3().get_object(Bucket=PUBLIC, Key=key)["Body"].read()
    return data


@pytest.mark.thorough
def test_a_video_whose_poster_ends_the_function_is_published_without_one(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = make(media_files.PREVIEW)
    deadly = Deadly(len(video))
    monkeypatch.setattr(worker, "poster_from_video", deadly.around(worker.poster_from_video))
    put("metadata.json", json.dumps(METADATA).encode())
    event = s3_event(MEDIA, put("preview.mp4", video))
    for _ in range(2):
        with killed(fake_clock):
            ingest(event)
    ingest(event)
    assert deadly.looks == 2
    assert finding_codes("preview.mp4") == ["poster_gave_up"]
    assert "no_poster" in folder_finding_codes()
    assert read().json["preview_url"] is not None
    # It stays told, and untried, as long as it is true: beside other files, and in a new set.
    describe(title="Other")
    assert finding_codes("preview.mp4") == ["poster_gave_up"]
    upload("transcript.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Mark Rutte>Hello.\n")
    assert finding_codes("preview.mp4") == ["poster_gave_up"]
    assert deadly.looks == 2
    upload("poster.jpg", picture())
    assert "poster_gave_up" not in finding_codes("preview.mp4")
    assert read().json["posters"] is not None
    remove("poster.jpg")
    assert finding_codes("preview.mp4") == ["poster_gave_up"]
    upload("preview.mp4", make(media_files.FRAGMENTED))
    assert "poster_gave_up" not in finding_codes("preview.mp4")
    assert read().json["posters"] is not None
