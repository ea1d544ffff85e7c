"""Keys and events: the folder and name of a key, and which events are faults."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsreel.ingest import events, folders
from newsreel.ingest.events import FolderOrder, Slice, UnknownEventError
from newsreel.ingest.folders import OwnOutputError, UploadLocation

from tests.support.events import s3_event

REAL = "incoming/x/héllo wörld+1 %2B.MP4"


def notified(*keys: str) -> str:
    """Return the body of a message in which S3 tells of objects."""
    return json.dumps(s3_event("media", *keys))


@pytest.mark.parametrize(
    "key",
    [
        REAL,
        "incoming/x/a+b.mp4",
        "incoming/x/100%.mp4",
        "incoming/x/%252B.mp4",
        "incoming/x/日本.mov",
    ],
)
def test_a_notification_key_is_decoded_exactly_once(key: str) -> None:
    assert events.read(notified(key)) == {UploadLocation("x", "")}
    # Of a stray object the whole name counts.
    stray = key.replace("incoming/x/", "incoming/")
    assert events.read(notified(stray)) == {UploadLocation("", stray.removeprefix("incoming/"))}


def test_the_events_of_one_folder_are_one_order() -> None:
    body = notified("incoming/x/a.mp4", "incoming/x/b.mp4", "incoming/y/c/d.mp4")
    assert events.read(body) == {UploadLocation("x", ""), UploadLocation("y", "")}


def test_the_test_event_of_s3_is_nothing_to_do() -> None:
    body = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": "2026-02-14T09:00:00.000Z",
        "Bucket": "media",
        "RequestId": "R",
        "HostId": "I",
    }
    assert events.read(json.dumps(body)) == set()


def test_messages_of_our_own_are_read_as_they_were_written() -> None:
    order = FolderOrder(folder="2026-02-14-munich")
    assert events.read(order.model_dump_json()) == {UploadLocation("2026-02-14-munich", "")}
    one = Slice(day="2026-02-14", step=3, of="videos", after="x")
    assert events.read(one.model_dump_json()) == one


def test_a_schedule_says_what_to_do() -> None:
    assert events.task_of({"task": "look_at_due"}) == "look_at_due"
    assert events.task_of({"task": "look_at_everything"}) == "look_at_everything"
    assert events.task_of({"task": "other"}) is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"Event": "s3:Other"}',
        '{"Records": 1}',
        '{"Records": [{}]}',
        '{"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}',
        '{"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": 1}}}]}',
        '{"detail": {"object": {"key": "incoming/x/a%2Bb.mp4"}}}',
        '{"folder": 1}',
        '{"folder": "x", "more": 1}',
        '{"day": "2026-02-14", "of": "everything"}',
    ],
)
def test_any_other_message_is_a_fault(body: str) -> None:
    with pytest.raises(UnknownEventError):
        events.read(body)


@pytest.mark.parametrize(
    "key", ["receipts/x.json", "media/x.jpg", "../incoming/x/a", "Incoming/x/a"]
)
def test_an_event_about_what_ingest_writes_is_a_fault(key: str) -> None:
    with pytest.raises(OwnOutputError):
        events.read(notified(key))


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (REAL, UploadLocation("x", "héllo wörld+1 %2B.MP4")),
        ("incoming/2026-02-14-munich/a/b.mp4", UploadLocation("2026-02-14-munich", "a/b.mp4")),
        ("incoming/x/", UploadLocation("x", "")),
        ("incoming/a.mp4", UploadLocation("", "a.mp4")),
        ("incoming//a.mp4", UploadLocation("", "a.mp4")),
    ],
)
def test_a_key_says_whose_folder_it_is_in(key: str, place: UploadLocation) -> None:
    assert folders.location_of(key) == place


@pytest.mark.parametrize("name", ["x", "2026-02-14-munich-doorstep", "a" * 100, "a-1"])
def test_a_slug_is_a_video(name: str) -> None:
    assert UploadLocation(name, "").is_video


@pytest.mark.parametrize(
    "name", ["", "..", "-a", "a-", "a--b", "A", "a b", "ä", "a_b", "a.b", "a" * 101, "a\n", "x#y"]
)
def test_anything_else_is_not(name: str) -> None:
    assert not UploadLocation(name, "").is_video


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ("metadata.json", "metadata"),
        ("METADATA.JSON", "metadata"),
        ("other.json", "unknown"),
        ("A.MXF", "media"),
        ("a.Mp4", "media"),
        ("a.wav", "media"),
        ("transcript.TXT", "transcript"),
        ("fr.vtt", "transcript"),
        ("poster.jpg", "poster"),
        ("Poster.JPEG", "poster"),
        ("mxf", "unknown"),
        (".DS_Store", "unknown"),
        ("a.mp4.exe", "unknown"),
    ],
)
def test_a_name_says_what_a_file_is_for(name: str, sort: str) -> None:
    assert folders.sort_of(name) == sort


def test_a_rendition_id_is_a_slug_of_the_file_name() -> None:
    assert folders.rendition_id("héllo wörld+1 %2B.MP4", ()) == "hello-world-1-2b-mp4"


def test_two_names_with_one_slug_differ() -> None:
    first = folders.rendition_id("a b.mp4", ())
    second = folders.rendition_id("a-b.mp4", {first})
    assert first == "a-b-mp4"
    assert second.startswith("a-b-mp4-")


@settings(deadline=None)
@given(st.text(min_size=1, max_size=300), st.booleans())
def test_any_name_gives_an_id_that_fits_into_a_path(name: str, taken: bool) -> None:
    first = folders.rendition_id(name, ())
    rendition_id = folders.rendition_id(name, {first}) if taken else first
    assert 0 < len(rendition_id) <= 100
    assert set(rendition_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not rendition_id.startswith("-")


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_a_receipt_is_never_under_the_prefix_that_is_scanned(folder: str, name: str) -> None:
    key = folders.receipt_object_key(UploadLocation(folder, name))
    assert key.startswith("receipts/")
    assert ".." not in key
    assert len(key) < 200
    assert key.count("/") == (1 if UploadLocation(folder, name).is_video else 2)


def test_a_name_that_looks_like_another_ones_id_takes_nothing_from_it() -> None:
    taken = {folders.rendition_id("a b.mp4", ())}
    second = folders.rendition_id("a_b.mp4", taken)
    third = folders.rendition_id("a_b.mp4", taken | {second})
    assert len({*taken, second, third}) == 3


@pytest.mark.parametrize(
    "name",
    [
        *(".DS_Store", "._clip.mov", "._metadata.json", "Thumbs.db", "desktop.ini", "~$speech.txt"),
        *(
            "clip.mp4.part",
            "clip.mp4.filepart",
            "@eaDir/clip.jpg",
            "__MACOSX/._x",
            ".hidden/clip.mp4",
        ),
    ],
)
def test_what_systems_and_clients_leave_behind_is_no_file(name: str) -> None:
    assert folders.is_junk(name)


@pytest.mark.parametrize(
    "name", ["clip.mp4", "part.mov", "a.b.wav", "thumbs.db.txt", "sub/clip.mp4"]
)
def test_what_people_upload_is_no_junk(name: str) -> None:
    assert not folders.is_junk(name)
