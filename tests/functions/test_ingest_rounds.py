"""The schedule looks at what is due, and once a day at everything; its cost is that of the work."""

import json
from collections import Counter
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from newsreel.aws import clients
from newsreel.aws.items import to_item
from newsreel.catalogue import due, keys
from newsreel.catalogue.table import CatalogueTable
from newsreel.ingest import rounds
from newsreel.ingest.buckets import MediaBucket
from newsreel.ingest.events import Slice
from newsreel.lambda_runtime.error_log import RecordFailedError

from functions.ingest import app as ingest_app
from tests.support import media_files
from tests.support.cloud import REGION, Cloud, FakeClock
from tests.support.events import sqs_event
from tests.support.media_files import make
from tests.support.uploads import (
    MEDIA,
    METADATA,
    PUBLIC,
    VIDEO,
    describe,
    ingest,
    list_videos,
    listed_ids,
    minute,
    objects,
    observed,
    publish,
    put,
    read,
    receipt,
    tick,
    upload,
)


def fill(count: int) -> None:
    """Put so many settled folders into the table, past its calls, which would take minutes."""
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["catalogue"]
    key = keys.folder_pk("video")
    values = {**key, "entity": "folder", "revision": 1, "finished": 1, "state": "{}"}
    pk, sk = DynamoType({"S": key["pk"]}), DynamoType({"S": key["sk"]})
    settled = Item(pk, sk, dict(to_item(values)))
    for number in range(count):  # each under its own key, in order: moto sorts them at each query
        one = copy(settled)
        one.hash_key = DynamoType({"S": f"{key['pk']}-{number:06}"})
        table.items[one.hash_key][sk] = one


def counted(work: Callable[[], object]) -> Counter[str]:
    with observed() as calls:
        work()
    return Counter(name for name, _ in calls)


def look_at_due() -> None:
    ingest({"task": "look_at_due"})


def look_at_slice(**values: Any) -> None:
    ingest(sqs_event("ingest", Slice(day="2026-02-14", **values).model_dump_json()))


def queued() -> list[dict[str, Any]]:
    """Return what is in the queue, and take it out."""
    url = ingest_app.settings.ingest_queue
    found = []
    while (
        messages := clients.sqs()
        .receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        .get("Messages", [])
    ):
        for message in messages:
            found.append(json.loads(message["Body"]))
            clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def due_at(cloud: Cloud, video_id: str = VIDEO) -> int | None:
    key = to_item(keys.folder_pk(video_id))
    found = cloud.dynamodb.get_item(TableName="catalogue", Key=key)["Item"]
    return int(found["due_at"]["N"]) if "due_at" in found else None


@pytest.mark.thorough
@pytest.mark.parametrize("videos", [100, 100_000])
def test_a_minute_costs_the_same_however_many_videos_there_are(
    cloud: Cloud, fake_clock: FakeClock, videos: int
) -> None:
    put("metadata.json", json.dumps({**METADATA, "publish_at": "2026-02-14T02:05:00Z"}).encode())
    upload("take.wav", make(media_files.WAV))
    fill(videos)  # after the upload: moto copies all items at each transaction
    assert counted(look_at_due) == {"Query": 1}
    fake_clock.forward(minutes=1)
    assert counted(look_at_due) == {"Query": 1, "UpdateItem": 1, "SendMessageBatch": 1}
    assert queued() == [{"folder": VIDEO}]
    # It is with the queue now.
    assert counted(look_at_due) == {"Query": 1}


@pytest.mark.thorough
def test_a_settled_folder_is_due_when_its_phase_ends_or_never(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    assert due_at(cloud) is None
    ends = {"publish_at": "2026-02-14T02:06:00Z", "withdraw_at": "2026-02-14T04:10:00+02:00"}
    describe(**ends)
    assert due_at(cloud) == fake_clock.epoch() + 120
    fake_clock.forward(minutes=2)
    minute()
    assert read().json["posters"] is not None
    assert due_at(cloud) == fake_clock.epoch() + 240
    fake_clock.forward(minutes=4)
    minute()
    assert receipt()["state"] == "withdrawn"
    assert objects(PUBLIC) == []
    assert due_at(cloud) is None


@pytest.mark.thorough
def test_an_embargo_that_ends_while_its_folder_is_looked_at_is_due_at_once(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = CatalogueTable.save_folder

    def slowly(self: CatalogueTable, *values: Any) -> None:
        fake_clock.forward(seconds=20)
        save(self, *values)

    put("preview.mp4", make(media_files.PREVIEW))
    with monkeypatch.context() as patched:
        patched.setattr(CatalogueTable, "save_folder", slowly)
        describe(publish_at="2026-02-14T02:04:10Z")
    minute()
    assert read().json["posters"] is not None


@pytest.mark.thorough
@pytest.mark.parametrize("step", ["write_receipt", "finish_folder"])
def test_an_unfinished_revision_is_due_within_a_quarter_of_an_hour(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    owner: Any = CatalogueTable if step == "finish_folder" else MediaBucket

    def fail(*_values: object, **_more: object) -> None:
        raise TimeoutError

    publish()
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, fail)
        with pytest.raises(RecordFailedError):
            describe(status="withdrawn")
    fake_clock.forward(seconds=15 * 60 + 5)
    minute()
    assert receipt()["state"] == "withdrawn"
    assert objects(PUBLIC) == []


def test_more_than_fits_into_a_minute_follows_in_the_next(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "MOST_DUE", 12)
    now = fake_clock.epoch()
    for number in range(15):
        item = {**keys.folder_pk(f"video-{number}"), **due.entry(due.FOLDER, now - number)}
        cloud.dynamodb.put_item(TableName="catalogue", Item=to_item(item))
    look_at_due()
    assert len(queued()) == 12
    look_at_due()
    # What has waited least came last.
    assert {one["folder"] for one in queued()} == {"video-0", "video-1", "video-2"}


@pytest.mark.thorough
def test_a_folder_that_keeps_failing_waits_longer_each_time(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_values: object, **_more: object) -> None:
        raise TimeoutError

    waits = []
    with monkeypatch.context() as patched:
        patched.setattr(MediaBucket, "list_folder", fail)
        for _ in range(4):
            with pytest.raises(RecordFailedError):
                upload("take.wav", b"x")
            waits.append((due_at(cloud) or 0) - fake_clock.epoch())
    assert waits == [905, 1805, 2705, 3605]
    upload("take.wav", b"x")
    assert due_at(cloud) is None


@pytest.mark.thorough
def test_the_daily_look_goes_through_bucket_and_catalogue_in_slices(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "SLICE", 2)
    for number in range(5):
        put("a.wav", make(media_files.WAV), f"video-{number}")
        put("metadata.json", json.dumps(METADATA).encode(), f"video-{number}")
    steps: list[tuple[str, int, int]] = []
    look = rounds.look_at_slice

    def noting(stores: Any, one: Slice) -> int:
        changed = look(stores, one)
        steps.append((one.of, one.step, changed))
        return changed

    monkeypatch.setattr(rounds, "look_at_slice", noting)
    tick()
    assert [step for step in steps if step[0] == "bucket"] == [
        ("bucket", 0, 2),
        ("bucket", 1, 2),
        ("bucket", 2, 1),
    ]
    assert {f"video-{number}" for number in range(5)} == set(listed_ids(list_videos()))
    steps.clear()
    tick()
    # Nothing has changed, so nothing is looked at; the catalogue's five videos take three more.
    assert [(of, step) for of, step, _ in steps] == [
        ("bucket", 0),
        ("bucket", 1),
        ("bucket", 2),
        ("videos", 3),
        ("videos", 4),
        ("videos", 5),
    ]
    assert sum(changed for _, _, changed in steps) == 0


@pytest.mark.thorough
def test_a_slice_of_folders_that_are_as_they_were_reads_two_things_of_each(cloud: Cloud) -> None:
    for number in range(3):
        publish(f"video-{number}")
    assert counted(look_at_slice) == {"ListObjectsV2": 1 + 3, "GetItem": 3, "SendMessage": 1}
    assert queued() == [{"day": "2026-02-14", "step": 1, "of": "videos", "after": None}]


@pytest.mark.thorough
def test_a_daily_look_has_an_end(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "MOST_SLICES", 7)
    publish()
    look_at_slice(step=6)
    queued()
    with pytest.raises(RecordFailedError):
        look_at_slice(step=7)
    assert queued() == []


@pytest.mark.thorough
def test_a_folder_that_was_emptied_without_an_event_is_found(cloud: Cloud) -> None:
    publish()
    publish("video-b")
    for name in ("preview.mp4", "metadata.json"):
        clients.s3().delete_object(Bucket=MEDIA, Key=f"incoming/{VIDEO}/{name}")
    tick()
    assert read().status == 410
    assert listed_ids(list_videos()) == ["video-b"]


def test_a_lost_mark_of_what_is_due_is_written_again(cloud: Cloud, fake_clock: FakeClock) -> None:
    publish(publish_at="2026-02-15T02:00:00Z")
    due_then = due_at(cloud)
    cloud.dynamodb.update_item(
        TableName="catalogue",
        Key=to_item(keys.folder_pk(VIDEO)),
        UpdateExpression="REMOVE due, due_at",
    )
    tick()
    assert due_at(cloud) == due_then


STRAYS = ["incoming/Not A Slug/a.mp4", "incoming/../b.mp4", "incoming/a.mp4", "incoming/ü.mp4"]


def test_stray_names_are_told_once_and_cost_nothing_afterwards(cloud: Cloud) -> None:
    for key in STRAYS:
        clients.s3().put_object(Bucket=MEDIA, Key=key, Body=b"x")
    assert counted(look_at_slice)["PutObject"] == len(STRAYS)
    told = clients.s3().list_object_versions(Bucket=MEDIA, Prefix="receipts/_rejected/")
    assert len(told["Versions"]) == len(STRAYS)
    # One listing tells of all of them.
    assert counted(look_at_slice) == {"ListObjectsV2": 2, "SendMessage": 1}
    clients.s3().put_object(Bucket=MEDIA, Key="incoming/new.mp4", Body=b"x")
    assert counted(look_at_slice)["PutObject"] == 1


@pytest.mark.thorough
def test_many_strays_cost_listings_of_a_thousand(cloud: Cloud) -> None:
    for number in range(150):
        clients.s3().put_object(Bucket=MEDIA, Key=f"incoming/{number:03}.mp4", Body=b"x")
    tick()
    assert counted(look_at_slice) == {"ListObjectsV2": 2, "SendMessage": 1}


@pytest.mark.thorough
def test_a_folder_that_cannot_be_compared_is_left_to_the_queue(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("video-a")
    put("a.wav", make(media_files.WAV), "video-b")
    listing = MediaBucket.list_folder

    def fail(self: MediaBucket, video_id: str) -> Any:
        if video_id == "video-a":
            raise TimeoutError
        return listing(self, video_id)

    with monkeypatch.context() as patched:
        patched.setattr(MediaBucket, "list_folder", fail)
        look_at_slice()
    assert [one for one in queued() if "folder" in one] == [
        {"folder": "video-a"},
        {"folder": "video-b"},
    ]


def test_a_message_that_the_queue_refused_is_a_failure(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a.wav", make(media_files.WAV))
    refused = {"Failed": [{"Id": "0", "SenderFault": False, "Code": "InternalError"}]}
    monkeypatch.setattr(clients.sqs(), "send_message_batch", lambda **_: refused)
    with pytest.raises(RecordFailedError):
        look_at_slice()
