"""Hashes of large files: asked for by a folder, computed apart from it, told when they are done."""

import hashlib
import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from newsreel.aws import clients
from newsreel.ingest import file_hashes, receipts, reconcile, scan
from newsreel.ingest.buckets import MediaBucket
from newsreel.ingest.folder_state import Hashing, KnownFile
from newsreel.policy import POLICY

from tests.support import media_files
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import s3_event
from tests.support.hashing import (
    changed,
    handle,
    hash_everything,
    hash_what_is_due,
    let_nothing_be_small,
    waiting,
)
from tests.support.media_files import make
from tests.support.uploads import (
    MEDIA,
    VIDEO,
    describe,
    drain,
    finding_codes,
    ingest,
    objects,
    publish,
    put,
    read,
    receipt,
    remove,
    tick,
    upload,
)

PREVIEW = make(media_files.PREVIEW)
DIGEST = hashlib.sha256(PREVIEW).hexdigest()


@pytest.fixture(autouse=True)
def _nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    let_nothing_be_small(monkeypatch)


def sums(video_id: str = VIDEO) -> list[str]:
    return [one["value"] for one in read(video_id).json["renditions"][0]["checksums"]]


@pytest.mark.thorough
def test_a_receipt_says_that_the_hash_follows_and_then_it_is_everywhere(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    assert DIGEST not in sums()
    assert finding_codes("preview.mp4") == ["checksum_pending"]
    hash_everything()
    tick()
    assert DIGEST in sums()
    assert finding_codes("preview.mp4") == []


@pytest.mark.thorough
def test_no_receipt_waits_for_a_hash(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    publish("large")
    [body] = waiting()
    reading, may_end = threading.Event(), threading.Event()
    made = MediaBucket.read_piece

    def endless(self: MediaBucket, *values: Any) -> Iterator[bytes]:
        reading.set()
        may_end.wait(60)
        yield from made(self, *values)

    monkeypatch.setattr(MediaBucket, "read_piece", endless)
    busy = threading.Thread(target=handle, args=(body,))
    busy.start()
    try:
        assert reading.wait(60)
        publish("other")
        assert receipt("other")["state"] == "published"
    finally:
        may_end.set()
        busy.join()


@pytest.mark.thorough
def test_files_that_come_together_are_asked_for_once_each(cloud: Cloud) -> None:
    keys = [put(f"{number:02}.mp4", PREVIEW + bytes(number)) for number in range(5)]
    for key in keys:
        ingest(s3_event(MEDIA, key))
    assert len(waiting()) == 5


@pytest.mark.thorough
def test_an_embargoed_video_gets_its_hash_before_it_is_published(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish(publish_at="2026-02-14T03:04:00Z")
    hash_everything()
    tick()
    assert finding_codes("preview.mp4") == []
    assert read().status == 404
    fake_clock.forward(hours=1)
    tick()
    assert DIGEST in sums()


@pytest.mark.thorough
def test_a_kept_version_gets_the_hash_that_was_begun_for_it(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    upload("preview.mp4", b"broken")
    hash_everything()
    tick()
    assert DIGEST in sums()


@pytest.mark.thorough
def test_a_file_that_is_replaced_while_it_is_hashed_gets_the_new_ones_hash(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    other = PREVIEW + bytes(64)
    upload("preview.mp4", other)
    hash_everything()
    tick()
    assert DIGEST not in sums()
    assert hashlib.sha256(other).hexdigest() in sums()


@pytest.mark.thorough
def test_a_file_that_is_removed_is_not_hashed(cloud: Cloud, fake_clock: FakeClock) -> None:
    publish()
    put("second.mp4", PREVIEW + bytes(8))
    describe()
    remove("second.mp4")
    hash_everything()
    tick()
    assert DIGEST in sums()
    assert [key for key in objects(MEDIA) if "second" in key and key.startswith("checksums")] == []


def test_the_hashes_of_pieces_stand_in_the_bucket(cloud: Cloud, fake_clock: FakeClock) -> None:
    publish()
    hash_everything()
    [key] = [key for key in objects(MEDIA) if key.startswith(f"checksums/{VIDEO}/preview-mp4.")]
    lines = clients.s3().get_object(Bucket=MEDIA, Key=key)["Body"].read().decode().split()
    pieces = [PREVIEW[at : at + 4096] for at in range(0, len(PREVIEW), 4096)]
    assert lines == [hashlib.sha256(piece).hexdigest() for piece in pieces]


@pytest.mark.thorough
def test_a_hash_whose_message_was_lost_is_asked_for_by_the_schedule(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    waiting()
    hash_what_is_due()
    assert waiting() == []
    fake_clock.forward(minutes=11)
    hash_what_is_due()
    [body] = waiting()
    handle(body)
    tick()
    assert DIGEST in sums()


@pytest.mark.thorough
def test_a_hash_of_which_nothing_is_left_is_asked_for_by_the_daily_look(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    waiting()
    for item in cloud.dynamodb.scan(TableName="catalogue")["Items"]:
        if item["pk"]["S"].startswith("HASH#"):
            cloud.dynamodb.delete_item(
                TableName="catalogue", Key={"pk": item["pk"], "sk": item["sk"]}
            )
    ingest({"task": "look_at_everything"})
    drain()
    assert len(waiting()) == 1


@pytest.mark.thorough
def test_a_failure_of_a_step_is_logged_without_its_text_and_its_message_comes_again(
    cloud: Cloud, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    [body] = waiting()

    def fail(*_values: object) -> Iterator[bytes]:
        raise ConnectionResetError("a secret address")

    monkeypatch.setattr(MediaBucket, "read_piece", fail)
    failed = handle(body)
    assert failed is not None
    assert len(failed["batchItemFailures"]) == 1
    assert "a secret address" not in logged.getvalue()
    records = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert {line["error_type"] for line in records if line["level"] == "ERROR"} == {
        "ConnectionResetError"
    }


@pytest.mark.thorough
def test_only_a_file_above_the_limit_is_given_up(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "POLICY", changed(at_once=0, largest=1000))
    publish()
    assert finding_codes("preview.mp4") == ["checksum_absent"]
    assert waiting() == []
    # With a higher limit, what was given up is begun: here when its folder changes.
    monkeypatch.setattr(scan, "POLICY", changed(at_once=0))
    describe(topics=["Ukraine"])
    assert finding_codes("preview.mp4") == ["checksum_pending"]
    assert len(waiting()) == 1


@pytest.mark.thorough
def test_small_files_are_hashed_at_once_and_a_failure_leaves_them_to_the_queue(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "POLICY", changed(at_once=len(PREVIEW)))
    publish("small")
    assert DIGEST in sums("small")
    assert waiting() == []

    def fail(*_values: object) -> Iterator[bytes]:
        raise ConnectionResetError

    monkeypatch.setattr(MediaBucket, "read_piece", fail)
    publish("unlucky")
    assert receipt("unlucky")["state"] == "published"
    assert finding_codes("preview.mp4", "unlucky") == ["checksum_pending"]
    assert len(waiting()) == 1


def put_with(algorithm: str) -> None:
    """Upload the preview as a client does that asks for this checksum."""
    key = f"incoming/{VIDEO}/preview.mp4"
    clients.s3().put_object(Bucket=MEDIA, Key=key, Body=PREVIEW, ChecksumAlgorithm=algorithm)  # type: ignore[arg-type]
    describe()


def spoil_what_s3_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let S3's checksums be those of other bytes than it hands out."""
    made = MediaBucket.read_piece

    def spoilt(self: MediaBucket, *values: Any) -> Iterator[bytes]:
        for chunk in made(self, *values):
            yield bytes([chunk[0] ^ 1]) + chunk[1:]

    monkeypatch.setattr(MediaBucket, "read_piece", spoilt)


@pytest.mark.thorough
@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_a_small_file_that_is_not_what_s3_says_of_it_has_no_sha_256(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, algorithm: str
) -> None:
    monkeypatch.setattr(reconcile, "POLICY", changed(at_once=len(PREVIEW)))
    put_with(algorithm)
    assert DIGEST in sums()
    assert finding_codes("preview.mp4") == []
    remove("preview.mp4")
    spoil_what_s3_tells(monkeypatch)
    put_with(algorithm)
    hash_everything()
    drain()
    assert finding_codes("preview.mp4") == ["checksum_differs"]
    assert "SHA256" not in {one["algorithm"] for one in read().json["renditions"][0]["checksums"]}


@pytest.mark.thorough
def test_a_sha_256_that_s3_knows_stands_there_at_once_and_is_compared_afterwards(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_with("SHA256")
    assert DIGEST in sums()
    assert finding_codes("preview.mp4") == []
    hash_everything()
    drain()
    assert sums() == [DIGEST]
    assert any(key.startswith(f"checksums/{VIDEO}/preview-mp4.") for key in objects(MEDIA))


@pytest.mark.thorough
def test_a_sha_256_that_s3_knows_is_taken_back_if_s3_hands_out_other_bytes(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_with("SHA256")
    spoil_what_s3_tells(monkeypatch)
    hash_everything()
    drain()
    assert sums() == []
    assert finding_codes("preview.mp4") == ["checksum_differs"]


@pytest.mark.parametrize("hashing", ["pending", "late", "given_up", "one_run", "differs"])
def test_whatever_becomes_of_a_hash_the_receipt_tells_it_and_what_follows(
    hashing: Hashing,
) -> None:
    known = KnownFile(name="a", key="a", etag="e", size=1, since="", hashing=hashing)
    [finding] = file_hashes.findings_of(known, POLICY.hashes)
    [said] = receipts.say([finding])
    assert said.message
    assert said.next
