"""Messages of ingest's queue: a folder is one consumer's at a time, and each file is read once."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from newsreel.aws import clients
from newsreel.catalogue.folder_leases import FolderBusyError, FolderLeases
from newsreel.catalogue.table import CatalogueTable
from newsreel.ingest import batches, reconcile
from newsreel.ingest.buckets import MediaBucket
from newsreel.ingest.lease import LONGEST

from functions.ingest import app as ingest_app
from tests.support import media_files
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import s3_event, sqs_event
from tests.support.media_files import make
from tests.support.uploads import (
    MEDIA,
    METADATA,
    VIDEO,
    Context,
    ingest,
    observed,
    publish,
    put,
    read,
    receipt,
    tick,
)

LEASES = FolderLeases("catalogue")


def arrived(*keys: str) -> str:
    return json.dumps(s3_event(MEDIA, *keys))


def hand_over(*bodies: str, seconds: float = 900) -> list[int]:
    """Hand over a batch; return the places of the messages that are to come again."""
    answer = ingest_app.handler(sqs_event("ingest", *bodies), Context(seconds))  # type: ignore[arg-type]
    assert answer is not None
    return [int(one["itemIdentifier"][-12:]) for one in answer["batchItemFailures"]]


def shown_again(calls: list[tuple[str, dict[str, Any]]]) -> list[list[int]]:
    """Return after how many seconds each call showed its messages again."""
    return [
        [entry["VisibilityTimeout"] for entry in values["Entries"]]
        for name, values in calls
        if name == "ChangeMessageVisibilityBatch"
    ]


def item(cloud: Cloud, video_id: str = VIDEO) -> dict[str, Any]:
    key = {"pk": {"S": f"FOLDER#{video_id}"}, "sk": {"S": "FOLDER"}}
    found: dict[str, Any] = cloud.dynamodb.get_item(TableName="catalogue", Key=key).get("Item", {})
    return found


@pytest.mark.thorough
def test_twenty_files_that_come_at_once_are_looked_at_and_hashed_once_each(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two consumers take them, ten messages each; what found the folder taken comes again."""
    put("metadata.json", json.dumps(METADATA).encode())
    sound = make(media_files.WAV)
    keys = [put(f"take-{n:02}.wav", sound + bytes(2 * n)) for n in range(20)]
    hashed: Counter[str] = Counter()
    read_piece = MediaBucket.read_piece

    def counting(self: MediaBucket, key: str, *more: Any) -> Iterator[bytes]:
        hashed[key] += 1
        return read_piece(self, key, *more)

    monkeypatch.setattr(MediaBucket, "read_piece", counting)
    halves = [[arrived(key) for key in keys[:10]], [arrived(key) for key in keys[10:]]]
    again: list[str] = []

    def consume(half: list[str]) -> None:
        again.extend(half[place] for place in hand_over(*half))

    with observed() as calls:
        with pytest.MonkeyPatch.context() as meeting:
            meeting.setattr(FolderLeases, "take", met(2, FolderLeases.take))
            threads = [threading.Thread(target=consume, args=(half,)) for half in halves]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(again) == 10
        assert hand_over(*again) == []
    assert len(read().json["renditions"]) == 20
    assert hashed == Counter(keys)
    reads = Counter(values["Key"] for name, values in calls if name == "GetObject")
    # The facts of a small file take one read, and its hash another.
    assert {key: reads[key] for key in keys} == dict.fromkeys(keys, 2)
    assert sum(reads.values()) == 41


def met(count: int, work: Any) -> Any:
    """Return a function that waits before its work until so many have called it."""
    barrier = threading.Barrier(count)

    def wait_then_work(*values: Any, **more: Any) -> Any:
        barrier.wait()
        return work(*values, **more)

    return wait_then_work


@pytest.mark.thorough
def test_a_message_whose_folder_is_taken_comes_again_after_half_a_minute(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    key = put("take.wav", make(media_files.WAV))
    LEASES.take(VIDEO, "another", now=0, until=fake_clock.epoch() + 10)
    with observed() as calls:
        assert hand_over(arrived(key)) == [0]
    assert shown_again(calls) == [[30]]
    # Nothing is looked at meanwhile.
    assert [name for name, _ in calls] == ["UpdateItem", "ChangeMessageVisibilityBatch"]
    fake_clock.forward(seconds=10)
    assert hand_over(arrived(key)) == []
    assert receipt()["files"][0]["accepted"]


def test_a_lease_lasts_as_long_as_its_invocation_and_is_given_back(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    listing = MediaBucket.list_folder

    def look(self: MediaBucket, video_id: str) -> Any:
        seen.append(int(item(cloud)["lease_until"]["N"]) - fake_clock.epoch())
        return listing(self, video_id)

    monkeypatch.setattr(MediaBucket, "list_folder", look)
    assert hand_over(arrived(put("take.wav", b"x")), seconds=100) == []
    assert seen == [105]
    assert "lease" not in item(cloud)
    assert "lease_until" not in item(cloud)


def test_a_second_try_of_the_sdk_takes_the_lease_that_the_first_one_took(cloud: Cloud) -> None:
    """The answer to the first one was lost; the same request must not find the folder busy."""
    for _ in range(2):
        assert LEASES.take(VIDEO, "owner", now=0, until=900) == {}
    with pytest.raises(FolderBusyError):
        LEASES.take(VIDEO, "other", now=0, until=900)


@pytest.mark.thorough
@pytest.mark.parametrize("step", ["list_folder", "write_receipt"])
def test_a_lease_is_given_back_when_the_work_fails(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_values: object, **_more: object) -> None:
        raise TimeoutError

    key = put("take.wav", b"x")
    with monkeypatch.context() as patched, observed() as calls:
        patched.setattr(MediaBucket, step, fail)
        assert hand_over(arrived(key)) == [0]
    assert shown_again(calls) == [[30]]
    assert "lease" not in item(cloud)
    assert hand_over(arrived(key)) == []


def test_who_lost_a_lease_neither_gives_back_nor_counts_for_the_next_holder(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    now = fake_clock.epoch()
    LEASES.take(VIDEO, "first", now=now, until=now + 10)
    with pytest.raises(FolderBusyError):
        LEASES.take(VIDEO, "second", now=now + 9, until=now + 20)
    LEASES.take(VIDEO, "second", now=now + 10, until=now + 20)
    with pytest.raises(FolderBusyError):
        LEASES.begin_look(VIDEO, "first", "look", None)
    with pytest.raises(FolderBusyError):
        LEASES.give_back(VIDEO, "first", ended=None, due_at=None, settled=True)
    with pytest.raises(FolderBusyError):
        LEASES.forget(VIDEO, "first")
    assert item(cloud)["lease"] == {"S": "second"}


@pytest.mark.thorough
def test_two_who_hold_one_folder_after_each_other_end_in_one_right_state(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lease may end before its holder does: a clock that is off, a function that hangs."""
    publish()
    key = put("second.wav", make(media_files.WAV))
    save = CatalogueTable.save_folder
    overtaken: list[int] = []

    def overtake(self: CatalogueTable, *values: Any) -> None:
        if not overtaken:
            overtaken.append(1)
            fake_clock.forward(seconds=LONGEST + 60)
            assert hand_over(arrived(key)) == []
        save(self, *values)

    monkeypatch.setattr(CatalogueTable, "save_folder", overtake)
    assert hand_over(arrived(key)) == []
    assert len(read().json["renditions"]) == 2
    assert "lease" not in item(cloud)


def test_a_folder_that_holds_nothing_leaves_nothing_in_the_table(cloud: Cloud) -> None:
    assert hand_over(arrived("incoming/gone/take.wav")) == []
    assert cloud.dynamodb.scan(TableName="catalogue")["Items"] == []


def test_a_message_of_no_known_kind_comes_again_alone(cloud: Cloud) -> None:
    key = put("take.wav", make(media_files.WAV))
    test_event = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": MEDIA})
    with observed() as calls:
        assert hand_over(test_event, '{"hello": "world"}', arrived(key)) == [1]
    assert shown_again(calls) == [[30]]
    assert receipt()["files"][0]["accepted"]


def test_the_messages_of_other_folders_do_not_wait_for_one_that_ends_the_function(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come again when this invocation is over at the latest, not after the queue's time."""

    class KilledError(BaseException):
        pass

    def kill(*_values: object) -> None:
        raise KilledError

    monkeypatch.setattr(reconcile, "reconcile", kill)
    with observed() as calls, pytest.raises(KilledError):
        hand_over(arrived("incoming/a/x.wav"), arrived("incoming/b/x.wav"), seconds=500)
    assert shown_again(calls) == [[530, 530]]


def test_a_folder_is_not_begun_without_time_for_it(cloud: Cloud) -> None:
    with observed() as calls:
        assert hand_over(arrived(put("take.wav", b"x")), seconds=batches.SPARE_SECONDS - 1) == [0]
    assert shown_again(calls) == [[30]]
    assert "ListObjectsV2" not in [name for name, _ in calls]


@pytest.mark.thorough
def test_events_of_one_batch_are_one_look_at_their_folder(cloud: Cloud) -> None:
    keys = [put(f"{n}.wav", make(media_files.WAV)) for n in range(3)]
    with observed() as calls:
        assert hand_over(*(arrived(key) for key in keys), arrived(*keys)) == []
    assert [name for name, _ in calls].count("ListObjectsV2") == 1


def test_a_message_that_cannot_be_shown_again_changes_nothing(cloud: Cloud) -> None:
    """The queue's own time brings it back; ``ReportBatchItemFailures`` says that it failed."""
    clients.sqs().delete_queue(QueueUrl=ingest_app.settings.ingest_queue)
    assert hand_over("{}") == [0]


@pytest.mark.thorough
def test_what_interrupts_a_look_is_healed_by_the_schedule(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    """The lease of an invocation that was killed puts its folder into the index of what is due."""
    put("preview.mp4", make(media_files.PREVIEW))
    put("metadata.json", json.dumps(METADATA).encode())
    LEASES.take(VIDEO, "killed", now=fake_clock.epoch(), until=fake_clock.epoch() + LONGEST)
    ingest({"task": "look_at_due"})
    fake_clock.forward(seconds=LONGEST)
    tick()
    assert read().status == 200
