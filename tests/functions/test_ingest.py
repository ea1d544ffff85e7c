"""Ingest: after any uploads, in any order and number, the catalogue is right."""

import hashlib
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from newsreel.aws import clients
from newsreel.catalogue.table import CatalogueTable, LostRaceError
from newsreel.ingest import reconcile
from newsreel.lambda_runtime.error_log import RecordFailedError
from newsreel.media.ranged_file import BUDGET

from functions.ingest import app as ingest_app
from tests.support import media_files
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import s3_event
from tests.support.media_files import make
from tests.support.uploads import (
    MEDIA,
    METADATA,
    PUBLIC,
    VIDEO,
    changes,
    describe,
    finding_codes,
    folder_finding_codes,
    ingest,
    list_videos,
    listed_ids,
    objects,
    observed,
    publish,
    put,
    read,
    receipt,
    remove,
    tick,
    transcript,
    upload,
)

if TYPE_CHECKING:
    from collections.abc import Callable

REAL_NAME = "héllo wörld+1 %2B.MP4"
VTT = b"""WEBVTT

00:00.000 --> 00:02.000
<v Mark Rutte>Hello.

00:03.000 --> 00:04.000
<v Question>Why?
"""
TXT = b"Mark Rutte\n\nHello to you.\n\nQuestion\n\nWhy?\n"


@contextmanager
def failing(logged: io.StringIO, kind: str) -> Iterator[None]:
    """Expect a failure without a text, and its kind in the log."""
    with pytest.raises(RecordFailedError):
        yield
    records = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert {line["error_type"] for line in records if line["level"] == "ERROR"} == {kind}
    logged.seek(0)
    logged.truncate()


def stored(cloud: Cloud) -> list[dict[str, Any]]:
    """Return every item of the catalogue, without times of writing."""
    found = cloud.dynamodb.scan(TableName="catalogue")["Items"]
    return sorted((dict(item) for item in found), key=lambda item: str(item["pk"]))


@pytest.mark.thorough
def test_a_folder_becomes_a_video_with_everything_in_it(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    put("munich.mxf", make(media_files.XDCAM))
    put("munich-web.mp4", make(media_files.WEB))
    put("munich-preview.mp4", make(media_files.PREVIEW))
    put("munich.wav", make(media_files.WAV))
    put("transcript.vtt", VTT)
    describe(topics=["Ukraine"], language="en", recorded_at="2026-02-14T09:30:00+01:00")
    video = read().json
    assert video["title"] == "Doorstep"
    assert video["published_at"] == "2026-02-14T02:04:00Z"
    assert video["recorded_at"] == "2026-02-14T08:30:00Z"
    assert [(r["rendition_id"], r["kind"], r["label"]) for r in video["renditions"]] == [
        ("munich-preview-mp4", "preview", "H.264, 360p25"),
        ("munich-web-mp4", "web", "H.264, 1080p25"),
        ("munich-mxf", "master", "XDCAM HD422, 1080i50"),
        ("munich-wav", "audio", "WAV, 24-bit 48 kHz stereo"),
    ]
    assert video["formats"] == ["XDCAM HD422", "H.264", "WAV"]
    facts = {"state": "draft", "timed": True, "language": "en", "version": 1}
    assert video["transcript"] == {**facts, "note": None, "corrected_at": None}
    assert receipt()["state"] == "published"
    assert folder_finding_codes() == []


@pytest.mark.thorough
def test_every_file_has_the_checksum_that_a_person_can_verify(cloud: Cloud) -> None:
    publish()
    checksums = read().json["renditions"][0]["checksums"]
    whole = [entry for entry in checksums if entry["algorithm"] == "SHA256"]
    digest = hashlib.sha256(make(media_files.PREVIEW)).hexdigest()
    assert whole == [
        {"algorithm": "SHA256", "value": digest, "type": "FULL_OBJECT", "encoding": "hex"}
    ]


@pytest.mark.thorough
def test_posters_preview_and_captions_are_copied_under_a_random_path(cloud: Cloud) -> None:
    put("transcript.vtt", VTT)
    publish()
    video = read().json
    prefix = video["preview_url"].rpartition("/")[0].lstrip("/")
    assert len(prefix.removeprefix("media/")) >= 22
    assert set(objects(PUBLIC)) == {
        f"{prefix}/{name}"
        for name in (
            "captions.vtt",
            "preview.mp4",
            "poster-320.jpg",
            "poster-640.jpg",
            "poster-1280.jpg",
        )
    }
    assert video["posters"] == {
        width: f"/{prefix}/poster-{width}.jpg" for width in ("320", "640", "1280")
    }
    preview = clients.s3().get_object(Bucket=PUBLIC, Key=f"{prefix}/preview.mp4")
    assert preview["ContentType"] == "video/mp4"
    assert preview["Body"].read() == make(media_files.PREVIEW)


@pytest.mark.thorough
def test_the_order_of_uploads_does_not_matter(cloud: Cloud, fake_clock: FakeClock) -> None:
    files: list[tuple[str, bytes]] = [
        ("metadata.json", json.dumps(METADATA).encode()),
        ("preview.mp4", make(media_files.PREVIEW)),
        ("transcript.txt", TXT),
        ("a.wav", make(media_files.WAV)),
    ]
    answers = []
    for number, order in enumerate((files, files[::-1], files[2:] + files[:2])):
        for name, data in order:
            upload(name, data, f"video-{number}")
        video = read(f"video-{number}").json
        for name in ("video_id", "preview_url", "posters"):
            del video[name]
        answers.append(video)
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.thorough
def test_the_same_event_twice_changes_nothing(cloud: Cloud) -> None:
    publish()
    before, published = stored(cloud), objects(PUBLIC)
    with observed() as calls:
        ingest(s3_event(MEDIA, f"incoming/{VIDEO}/preview.mp4", f"incoming/{VIDEO}/preview.mp4"))
    assert stored(cloud) == before
    assert objects(PUBLIC) == published
    # Nothing but the lease is written; the events of one folder are handled together.
    assert [name for name, _ in calls] == ["UpdateItem", "GetItem", "ListObjectsV2", "UpdateItem"]


@pytest.mark.thorough
def test_a_lost_event_is_healed_by_the_schedule(cloud: Cloud) -> None:
    put("preview.mp4", make(media_files.PREVIEW))
    put("metadata.json", json.dumps(METADATA).encode())
    assert read().status == 404
    tick()
    assert read().status == 200


@pytest.mark.thorough
def test_a_real_key_keeps_its_name(cloud: Cloud) -> None:
    publish("x")
    upload(REAL_NAME, make(media_files.WEB), "x")
    names = {r["rendition_id"]: r["file_name"] for r in read("x").json["renditions"]}
    assert names["hello-world-1-2b-mp4"] == REAL_NAME
    assert finding_codes(REAL_NAME, "x") == ["index_at_end"]


@pytest.mark.thorough
def test_a_text_named_mp4_and_an_empty_file_get_findings_and_delay_nothing(cloud: Cloud) -> None:
    publish()
    upload("text.mp4", b"I am a text.")
    upload("empty.mxf", b"")
    upload("notes.docx", b"PK")
    upload("sub/other.mp4", make(media_files.WEB))
    assert finding_codes("text.mp4") == ["other_format"]
    assert finding_codes("empty.mxf") == ["empty"]
    assert finding_codes("notes.docx") == ["unknown_name"]
    assert finding_codes("sub/other.mp4") == ["subfolder"]
    entries = {entry["file_name"]: entry for entry in receipt()["files"]}
    assert not entries["text.mp4"]["accepted"]
    assert entries["text.mp4"]["remarks"][0]["next"]
    assert [r["rendition_id"] for r in read().json["renditions"]] == ["preview-mp4"]


@pytest.mark.thorough
def test_the_next_upload_heals_a_file(cloud: Cloud) -> None:
    publish()
    whole = make(media_files.WEB)
    upload("web.mp4", whole[: len(whole) // 2])
    assert finding_codes("web.mp4")[0] in {"incomplete", "no_index"}
    upload("web.mp4", whole)
    assert "web-mp4" in [r["rendition_id"] for r in read().json["renditions"]]


@pytest.mark.thorough
def test_a_broken_replacement_leaves_the_sound_version_available(cloud: Cloud) -> None:
    publish()
    upload("web.mp4", make(media_files.WEB))
    before = read().json["renditions"]
    upload("web.mp4", make(media_files.WEB)[:3000])
    assert finding_codes("web.mp4")[-1] == "kept_before"
    assert read().json["renditions"] == before
    upload("web.mp4", b"worse")
    assert read().json["renditions"] == before
    remove("web.mp4")
    assert [r["rendition_id"] for r in read().json["renditions"]] == ["preview-mp4"]


@pytest.mark.thorough
def test_two_files_with_the_same_content_get_a_finding(cloud: Cloud) -> None:
    publish()
    upload("second.mp4", make(media_files.PREVIEW))
    assert finding_codes("second.mp4") == ["same_content"]
    assert len(read().json["renditions"]) == 2


@pytest.mark.thorough
def test_missing_files_get_findings(cloud: Cloud) -> None:
    put("web.mp4", make(media_files.WEB))
    describe(files={"gone.mxf": {"kind": "master"}, "web.mp4": {"kind": "master"}})
    assert folder_finding_codes() == [
        "no_preview",
        "no_audio_file",
        "no_transcript",
        "file_not_there",
    ]
    # The press office's declaration of a file takes precedence over its detected properties.
    assert read().json["renditions"][0]["kind"] == "master"
    assert read().json["preview_url"] is None


@pytest.mark.thorough
def test_without_metadata_nothing_is_published_and_the_receipt_says_so(cloud: Cloud) -> None:
    upload("preview.mp4", make(media_files.PREVIEW))
    assert read().status == 404
    assert (receipt()["state"], folder_finding_codes()[0]) == ("waiting", "metadata_missing")
    describe()
    assert read().status == 200


def test_refused_metadata_is_not_reported_as_missing(cloud: Cloud) -> None:
    put("preview.mp4", make(media_files.PREVIEW))
    upload("metadata.json", b'{"title": ""}')
    assert (receipt()["state"], folder_finding_codes()[0]) == ("waiting", "metadata_refused")
    assert finding_codes("metadata.json") == ["field_empty"]


@pytest.mark.thorough
def test_each_wrong_field_of_metadata_gets_a_finding_and_the_last_good_stays(cloud: Cloud) -> None:
    publish(title="Right")
    upload("metadata.json", b'{"title": "", "publish_at": "2026-01-01T00:00:00", "x": 1}')
    assert finding_codes("metadata.json") == [
        "field_empty",
        "field_zone",
        "field_unknown",
        "metadata_kept",
    ]
    assert read().json["title"] == "Right"
    upload("metadata.json", b"{not json")
    assert finding_codes("metadata.json") == ["json_bare_word", "metadata_kept"]
    remove("metadata.json")
    assert read().json["title"] == "Right"
    describe(title="Better")
    assert read().json["title"] == "Better"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[" * 20_000,
        b'{"title": {"$gt": ""}}',
        b'{"title": "x", "__class__": "y"}',
        b'{"title": "\xff"}',
        b'{"title": "x", "speakers": [' + b'{"name": "y"},' * 60 + b'{"name": "z"}]}',
        b'{"title": "x", "files": {"../../etc/passwd": {"kind": "rm"}}}',
    ],
    ids=["empty", "null", "deep", "object", "dunder", "bytes", "many", "path"],
)
def test_hostile_metadata_is_refused_and_nothing_breaks(cloud: Cloud, data: bytes) -> None:
    put("preview.mp4", make(media_files.PREVIEW))
    upload("metadata.json", data)
    assert receipt()["state"] == "waiting"
    assert not next(e for e in receipt()["files"] if e["file_name"] == "metadata.json")["accepted"]
    assert read().status == 404


@pytest.mark.thorough
def test_a_title_with_markup_is_kept_as_it_is(cloud: Cloud) -> None:
    publish(title="<script>alert(1)</script> & {title}", withdrawal_note="{x}")
    assert read().json["title"] == "<script>alert(1)</script> & {title}"


@pytest.mark.thorough
def test_an_embargo_holds_to_the_second_and_nothing_public_exists_before(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish(publish_at="2026-02-14T02:05:00Z")
    assert read().status == 404
    assert listed_ids(list_videos()) == []
    assert objects(PUBLIC) == []
    assert receipt()["state"] == "embargo"
    assert "embargo" in folder_finding_codes()
    fake_clock.forward(seconds=59)
    assert read().status == 404
    fake_clock.forward(seconds=1)
    assert read().status == 200
    assert listed_ids(list_videos()) == [VIDEO]
    assert read().json["posters"] is None
    tick()
    assert read().json["posters"]["640"].startswith("/media/")


@pytest.mark.thorough
def test_a_withdrawn_video_answers_410_and_loses_its_public_files(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    fake_clock.forward(hours=1)
    describe(status="withdrawn", withdrawal_note="Rights")
    answer = read()
    assert (answer.status, answer.code) == (410, "withdrawn")
    assert (answer.json["withdrawn_at"], answer.json["note"]) == ("2026-02-14T03:04:00Z", "Rights")
    assert transcript().status == 410
    assert listed_ids(list_videos()) == []
    assert objects(PUBLIC) == []
    fake_clock.forward(minutes=5)
    describe(status="published")
    assert read().json["published_at"] == "2026-02-14T02:04:00Z"
    assert len(objects(PUBLIC)) == 4


@pytest.mark.thorough
def test_a_withdrawal_by_date_holds_to_the_second(cloud: Cloud, fake_clock: FakeClock) -> None:
    publish(withdraw_at="2026-02-14T02:05:00Z")
    assert read().status == 200
    fake_clock.forward(seconds=60)
    assert read().status == 410
    assert listed_ids(list_videos()) == []
    tick()
    assert objects(PUBLIC) == []
    assert read().json["withdrawn_at"] == "2026-02-14T02:05:00Z"


def test_a_withdrawn_video_that_was_never_public_stays_secret(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish(publish_at="2026-03-01T00:00:00Z")
    describe(publish_at="2026-03-01T00:00:00Z", status="withdrawn")
    fake_clock.forward(days=60)
    tick()
    assert read().status == 404


def test_a_draft_is_not_public(cloud: Cloud) -> None:
    publish(status="draft")
    assert read().status == 404
    assert receipt()["state"] == "draft"


@pytest.mark.thorough
def test_a_folder_that_was_emptied_is_withdrawn(cloud: Cloud) -> None:
    publish()
    remove("preview.mp4")
    assert read().status == 410
    remove("metadata.json")
    assert read().status == 410
    assert objects(PUBLIC) == []


@pytest.mark.thorough
def test_a_new_poster_gets_a_new_url_and_the_old_one_is_removed(cloud: Cloud) -> None:
    publish()
    before = read().json["posters"]["640"]
    picture = clients.s3().get_object(Bucket=PUBLIC, Key=before.lstrip("/"))["Body"].read()
    upload("poster.jpg", picture)
    after = read().json["posters"]["640"]
    assert after != before
    assert before.lstrip("/") not in objects(PUBLIC)
    assert after.lstrip("/") in objects(PUBLIC)
    upload("poster.jpg", b"not a picture")
    assert finding_codes("poster.jpg") == ["not_jpeg"]
    assert read().json["posters"] is not None


@pytest.mark.thorough
def test_transcripts_prefer_times_and_say_which_file_is_used(cloud: Cloud) -> None:
    publish()
    upload("transcript.txt", TXT)
    assert transcript().json["timed"] is False
    upload("transcript.vtt", VTT)
    spoken = transcript().json
    assert (spoken["timed"], spoken["version"]) == (True, 2)
    assert [(t["speaker"], t["kind"]) for t in spoken["turns"]] == [
        ("Mark Rutte", "statement"),
        (None, "question"),
    ]
    assert finding_codes("transcript.txt") == ["transcript_unused"]
    upload("transcript.vtt", b"\x00\x01\x02broken")
    assert transcript().json["timed"] is False
    remove("transcript.txt")
    remove("transcript.vtt")
    assert transcript().status == 404


@pytest.mark.thorough
def test_a_broken_transcript_leaves_the_one_before(cloud: Cloud) -> None:
    publish()
    upload("transcript.vtt", VTT)
    before = transcript().json
    upload("transcript.vtt", b"")
    assert finding_codes("transcript.vtt") == ["empty", "transcript_kept"]
    assert transcript().json == before
    upload("transcript.vtt", VTT.replace(b"Hello", b"Good day"))
    assert transcript().json["version"] == 2


@pytest.mark.thorough
def test_a_correction_has_its_note_and_its_time_wherever_the_transcript_is_described(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    upload("transcript.vtt", VTT)
    assert (transcript().json["version"], transcript().json["corrected_at"]) == (1, None)
    upload("transcript.vtt", VTT.replace(b"Hello", b"Good day"))
    corrected = transcript().json
    assert (corrected["version"], corrected["note"]) == (2, None)
    assert corrected["corrected_at"] is not None
    fake_clock.forward(hours=1)
    describe(transcript={"state": "final", "note": "'Hello' corrected to 'Good day'."})
    noted = transcript().json
    assert (noted["version"], noted["corrected_at"]) == (2, "2026-02-14T03:04:00Z")
    facts = read().json["transcript"]
    for name in ("version", "note", "corrected_at"):
        assert facts[name] == noted[name]
    fake_clock.forward(hours=1)
    describe(title="Another title", transcript={"state": "final", "note": noted["note"]})
    assert transcript().json["corrected_at"] == noted["corrected_at"]


@pytest.mark.thorough
def test_words_that_change_before_anybody_can_read_them_are_no_correction(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish(publish_at="2026-02-14T03:00:00Z")
    upload("transcript.vtt", VTT)
    upload("transcript.vtt", VTT.replace(b"Hello", b"Good day"))
    fake_clock.forward(hours=1)
    tick()
    assert (transcript().json["version"], transcript().json["corrected_at"]) == (1, None)


@pytest.mark.thorough
def test_what_is_uploaded_is_found_by_its_topics_and_told_to_mirrors(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish(topics=["Air defence"])
    assert listed_ids(list_videos(topic="air  DEFENCE")) == [VIDEO]
    describe(topics=["Ukraine"])
    assert listed_ids(list_videos(topic="Air defence")) == []
    fake_clock.forward(minutes=2)
    told = [item["state"] for item in changes().json["items"]]
    assert told == ["published", "updated"]


def test_a_folder_cannot_have_the_name_that_the_feed_of_changes_has(cloud: Cloud) -> None:
    publish("changes")
    assert "changes" not in listed_ids(list_videos())
    assert "receipts/_rejected/changes.json" in objects(MEDIA)


@pytest.mark.thorough
def test_a_cue_that_ends_before_it_starts_is_in_the_receipt(cloud: Cloud) -> None:
    publish()
    upload("transcript.vtt", VTT.replace(b"00:03.000 --> 00:04.000", b"00:45.794 --> 00:45.685"))
    assert finding_codes("transcript.vtt") == ["cue_repaired"]
    told_message = next(e for e in receipt()["files"] if e["file_name"] == "transcript.vtt")
    assert "00:00:45.794" in told_message["remarks"][0]["message"]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("key", "rejected"),
    [
        ("incoming/Not A Slug/a.mp4", "receipts/_rejected/Not%20A%20Slug.json"),
        ("incoming/../a.mp4", "receipts/_rejected/%2E%2E.json"),
        ("incoming/a.mp4", "receipts/_rejected/a%2Emp4.json"),
    ],
)
def test_an_object_in_no_videos_folder_gets_one_receipt(
    cloud: Cloud, key: str, rejected: str
) -> None:
    clients.s3().put_object(Bucket=MEDIA, Key=key, Body=b"x")
    ingest(s3_event(MEDIA, key))
    tick()
    versions = clients.s3().list_object_versions(Bucket=MEDIA, Prefix="receipts/")["Versions"]
    assert [entry["Key"] for entry in versions] == [rejected]
    assert cloud.dynamodb.scan(TableName="catalogue")["Items"] == []


def test_an_unknown_event_or_one_about_its_own_output_is_a_logged_failure(
    cloud: Cloud, logged: io.StringIO
) -> None:
    with failing(logged, "UnknownEventError"):
        ingest({"hello": "world"})
    with failing(logged, "OwnOutputError"):
        ingest(s3_event(MEDIA, f"receipts/{VIDEO}.json"))


@pytest.mark.thorough
def test_nothing_is_ever_written_under_incoming(cloud: Cloud) -> None:
    publish()
    upload("text.mp4", b"x")
    written = clients.s3().list_object_versions(Bucket=MEDIA, Prefix="incoming/")["Versions"]
    names = sorted(entry["Key"].rpartition("/")[2] for entry in written)
    assert names == ["metadata.json", "preview.mp4", "text.mp4"]


def test_a_probe_reads_ranges_of_the_state_that_was_listed(cloud: Cloud) -> None:
    put("munich.mxf", make(media_files.XDCAM))
    with observed() as calls:
        ingest(s3_event(MEDIA, f"incoming/{VIDEO}/munich.mxf"))
    reads = [values for name, values in calls if name == "GetObject"]
    ranges = [params for params in reads if "Range" in params]
    assert ranges
    assert all(params["IfMatch"] for params in reads if params["Key"].startswith("incoming/"))
    assert len(ranges) * 256 * 1024 <= BUDGET


@pytest.mark.thorough
def test_two_reconciliations_at_once_end_in_one_right_state(cloud: Cloud) -> None:
    put("metadata.json", json.dumps(METADATA).encode())
    put("preview.mp4", make(media_files.PREVIEW))
    put("web.mp4", make(media_files.WEB))
    faults: list[BaseException] = []
    event = s3_event(MEDIA, f"incoming/{VIDEO}/web.mp4")

    def run() -> None:
        while True:
            try:
                ingest(event)
            except RecordFailedError:
                continue  # a message whose folder is taken comes again
            except BaseException as fault:  # noqa: BLE001 - shown below
                faults.append(fault)
            return

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    video = read().json
    assert len(video["renditions"]) == 2
    # The loser of the race has deleted its copies.
    prefix = video["preview_url"].rpartition("/")[0].lstrip("/")
    assert {key.rpartition("/")[0] for key in objects(PUBLIC)} == {prefix}


@pytest.mark.thorough
def test_a_lost_race_is_reconciled_again(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("preview.mp4", make(media_files.PREVIEW))
    save = CatalogueTable.save_folder
    lost: list[int] = []

    def interrupted(self: CatalogueTable, video_id: str, record: Any, outcome: Any) -> None:
        if not lost:
            lost.append(record.revision)
            # Another upload is reconciled between this one's scan and its write: the lease is over.
            fake_clock.forward(seconds=1000)
            describe()
        save(self, video_id, record, outcome)

    monkeypatch.setattr(CatalogueTable, "save_folder", interrupted)
    ingest(s3_event(MEDIA, f"incoming/{VIDEO}/preview.mp4"))
    assert lost == [0]
    assert read().json["title"] == "Doorstep"
    assert len({key.rpartition("/")[0] for key in objects(PUBLIC)}) == 1


@pytest.mark.thorough
def test_a_folder_that_keeps_changing_fails_so_that_it_is_retried(
    cloud: Cloud, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_values: object) -> None:
        raise LostRaceError

    monkeypatch.setattr(CatalogueTable, "save_folder", lose)
    monkeypatch.setattr(reconcile, "_LONGEST_PAUSE_MS", 1)
    put("preview.mp4", make(media_files.PREVIEW))
    with failing(logged, "StillMovingError"):
        ingest(s3_event(MEDIA, f"incoming/{VIDEO}/preview.mp4"))


@pytest.mark.thorough
@pytest.mark.parametrize("step", ["write_receipt", "finish_folder"])
def test_the_next_reconciliation_finishes_one_that_was_interrupted_after_the_write(
    cloud: Cloud, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    publish()
    owner: Any = CatalogueTable if step == "finish_folder" else type(ingest_app.media)
    work: Callable[..., None] = getattr(owner, step)

    def fail(*_values: object, **_more: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(owner, step, fail)
    with failing(logged, "TimeoutError"):
        describe(status="withdrawn")
    monkeypatch.setattr(owner, step, work)
    tick()
    assert receipt()["state"] == "withdrawn"
    assert objects(PUBLIC) == []


@pytest.mark.thorough
def test_a_file_replaced_while_it_is_probed_is_probed_again(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One look is at one version throughout; the other one's event waits until it is over."""
    describe()
    first, second = make(media_files.PREVIEW), make(media_files.WEB)
    event = s3_event(MEDIA, put("a.mp4", first))
    new_session = type(ingest_app.media).open
    replaced: list[str] = []

    def replace_first(self: Any, key: str, *values: Any) -> Any:
        if not replaced:
            replaced.append(put("a.mp4", second))
            with pytest.raises(RecordFailedError):  # its folder is busy: it comes again
                ingest(event)
        return new_session(self, key, *values)

    monkeypatch.setattr(type(ingest_app.media), "open", replace_first)
    for content, label in ((first, "H.264, 360p25"), (second, "H.264, 1080p25")):
        ingest(event)
        [rendition] = read().json["renditions"]
        assert (rendition["label"], rendition["size_bytes"]) == (label, len(content))
        sums = {one["algorithm"]: one["value"] for one in rendition["checksums"]}
        assert sums["SHA256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.thorough
def test_one_broken_folder_does_not_keep_the_others_waiting(
    cloud: Cloud, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        put("preview.mp4", make(media_files.PREVIEW), f"video-{number}")
        put("metadata.json", json.dumps(METADATA).encode(), f"video-{number}")
    folder = CatalogueTable.read_folder

    def fail(self: CatalogueTable, video_id: str) -> Any:
        if video_id == "video-1":
            raise TimeoutError
        return folder(self, video_id)

    monkeypatch.setattr(CatalogueTable, "read_folder", fail)
    with failing(logged, "TimeoutError"):
        tick()
    assert [read(f"video-{number}").status for number in range(3)] == [200, 404, 200]


@pytest.mark.thorough
def test_every_rendition_keeps_its_id_when_its_neighbours_change(cloud: Cloud) -> None:
    publish()
    upload("a b.mp4", make(media_files.WEB))
    upload("a-b.mp4", make(replace(media_files.WEB, frames=9)))
    before = {r["file_name"]: r["rendition_id"] for r in read().json["renditions"]}
    remove("preview.mp4")
    upload("other.mp4", make(media_files.PREVIEW))
    after = {r["file_name"]: r["rendition_id"] for r in read().json["renditions"]}
    assert len(set(before.values())) == 3
    assert {name: after[name] for name in ("a b.mp4", "a-b.mp4")} == {
        name: before[name] for name in ("a b.mp4", "a-b.mp4")
    }


@pytest.mark.thorough
def test_a_folder_with_a_kept_version_is_published(cloud: Cloud) -> None:
    """Posters are made from the kept version, not from the broken file that replaced it."""
    put("a b.mp4", make(media_files.PREVIEW))
    describe()
    upload("a b.mp4", b"broken")
    assert finding_codes("a b.mp4") == ["other_format", "kept_before"]
    upload("second.mp4", make(media_files.PREVIEW) + bytes(64))
    assert [r["rendition_id"] for r in read().json["renditions"]] == ["a-b-mp4", "second-mp4"]
    assert folder_finding_codes() == ["no_audio_file", "no_transcript"]


@pytest.mark.thorough
def test_an_embargo_ends_with_a_kept_version(cloud: Cloud, fake_clock: FakeClock) -> None:
    put("a b.mp4", make(media_files.PREVIEW))
    describe(publish_at="2026-02-14T03:00:00Z")
    upload("a b.mp4", b"broken")
    fake_clock.forward(hours=1)
    tick()
    assert read().json["posters"] is not None
    assert receipt()["state"] == "published"


@pytest.mark.thorough
def test_a_kept_version_that_is_removed_for_good_no_longer_counts(cloud: Cloud) -> None:
    key = put("a.mp4", make(media_files.PREVIEW))
    publish()
    [sound] = clients.s3().list_object_versions(Bucket=MEDIA, Prefix=key)["Versions"]
    upload("a.mp4", b"broken")
    clients.s3().delete_object(Bucket=MEDIA, Key=key, VersionId=sound["VersionId"])
    upload("web.mp4", make(media_files.WEB))
    ids = [r["rendition_id"] for r in read().json["renditions"]]
    assert ids == ["preview-mp4", "web-mp4"]
    assert finding_codes("a.mp4") == ["other_format"]


@pytest.mark.thorough
def test_a_kept_version_keeps_its_id_for_itself(cloud: Cloud) -> None:
    """Otherwise a link to one file would lead to the other."""
    put("a b.mp4", make(media_files.PREVIEW))
    describe()
    upload("a b.mp4", b"broken")
    upload("a_b.mp4", make(media_files.PREVIEW) + bytes(64))
    ids = {r["file_name"]: r["rendition_id"] for r in read().json["renditions"]}
    assert ids["a b.mp4"] == "a-b-mp4"
    assert ids["a_b.mp4"].startswith("a-b-mp4-")
    upload("a b.mp4", make(media_files.PREVIEW) + bytes(8))
    assert {r["file_name"]: r["rendition_id"] for r in read().json["renditions"]} == ids
