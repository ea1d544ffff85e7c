"""The index of what is due holds what is to be looked at, ordered by time."""

from newsreel.aws.items import to_item
from newsreel.catalogue import due, keys

from tests.support.cloud import Cloud


def put(cloud: Cloud, video_id: str, kind: due.DueKind, due_at: int | None) -> None:
    item = {**keys.folder_pk(video_id), **due.entry(kind, due_at)}
    cloud.dynamodb.put_item(TableName="catalogue", Item=to_item(item))


def listed(cloud: Cloud, now: int, limit: int = 10) -> list[tuple[str, int]]:
    found = due.list_due(cloud.dynamodb, "catalogue", due.FOLDER, now=now, limit=limit)
    return [(one.pk, one.due_at) for one in found]


def test_what_waits_longest_comes_first_and_what_is_not_due_does_not_come(cloud: Cloud) -> None:
    put(cloud, "later", due.FOLDER, 101)
    put(cloud, "second", due.FOLDER, 100)
    put(cloud, "first", due.FOLDER, 9)
    put(cloud, "never", due.FOLDER, None)
    assert listed(cloud, 100) == [("FOLDER#first", 9), ("FOLDER#second", 100)]
    assert listed(cloud, 100, limit=1) == [("FOLDER#first", 9)]


def test_kinds_of_work_are_apart(cloud: Cloud) -> None:
    put(cloud, "folder", due.FOLDER, 1)
    put(cloud, "file", due.HASH, 1)
    assert listed(cloud, 1) == [("FOLDER#folder", 1)]
