"""A rendition keeps its id when its file is renamed or replaced: links and pages hold on to it."""

import hashlib
from typing import Any

import pytest
from newsreel.aws import clients

from tests.support import media_files
from tests.support.cloud import Cloud
from tests.support.events import s3_event
from tests.support.media_files import make
from tests.support.uploads import MEDIA, VIDEO, ingest, publish, put, read, remove, upload

SOUND = make(media_files.WAV)


@pytest.fixture(autouse=True)
def _published(cloud: Cloud) -> None:
    publish()


def ids() -> dict[str, str]:
    return {r["file_name"]: r["rendition_id"] for r in read().json["renditions"]}


def copy(name: str, target: str) -> None:
    folder = f"incoming/{VIDEO}"
    source = f"{MEDIA}/{folder}/{name}"
    clients.s3().copy_object(Bucket=MEDIA, Key=f"{folder}/{target}", CopySource=source)


def event(name: str, what: str = "ObjectCreated:Copy") -> dict[str, Any]:
    return s3_event(MEDIA, f"incoming/{VIDEO}/{name}", name=what)


RENAMES = [
    ("Take.wav", "take.WAV"),
    ("De\u0301fense.wav", "D\u00e9fense.wav"),
    ("a b.wav", "a_b.wav"),
    ("Clip (1).wav", "clip-1.wav"),
]


@pytest.mark.parametrize(("name", "target"), RENAMES)
def test_a_rename_that_keeps_the_slug_keeps_the_id(name: str, target: str) -> None:
    upload(name, SOUND)
    before = ids()[name]
    copy(name, target)
    ingest(event(target))
    assert ids()[name] == before
    assert ids()[target] != before
    remove(name)
    assert ids()[target] == before
    assert name not in ids()


@pytest.mark.parametrize(("name", "target"), RENAMES)
def test_a_rename_whose_two_steps_are_seen_at_once_keeps_the_id(name: str, target: str) -> None:
    upload("other.wav", SOUND + bytes(2))
    upload(name, SOUND)
    before = ids()
    copy(name, target)
    remove(name)
    assert ids() == {**{n: i for n, i in before.items() if n != name}, target: before[name]}


def test_a_large_copy_has_another_etag_and_is_known_by_its_checksum() -> None:
    upload("Take.wav", SOUND)
    before = ids()["Take.wav"]
    s3 = clients.s3()
    key = f"incoming/{VIDEO}/take.wav"
    begun = s3.create_multipart_upload(Bucket=MEDIA, Key=key)["UploadId"]
    part = s3.upload_part(Bucket=MEDIA, Key=key, UploadId=begun, PartNumber=1, Body=SOUND)
    s3.complete_multipart_upload(
        Bucket=MEDIA,
        Key=key,
        UploadId=begun,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    ingest(event("take.wav"))
    remove("Take.wav")
    assert ids()["take.wav"] == before


def test_two_files_of_one_slug_do_not_take_each_others_links() -> None:
    """What was another file stays another file when its neighbour goes."""
    upload("Take.wav", SOUND)
    upload("take.wav", SOUND + bytes(2))
    before = ids()
    remove("Take.wav")
    assert ids()["take.wav"] == before["take.wav"]


def test_a_file_that_is_renamed_and_changed_in_one_go_keeps_its_id_by_its_name_alone() -> None:
    upload("Take.wav", SOUND)
    upload("a b.wav", SOUND + bytes(2))
    before = ids()
    for name in ("Take.wav", "a b.wav"):
        clients.s3().delete_object(Bucket=MEDIA, Key=f"incoming/{VIDEO}/{name}")
    put("take.wav", SOUND + bytes(4))
    put("a_b.wav", SOUND + bytes(6))
    ingest(event("take.wav"))
    assert ids()["take.wav"] == before["Take.wav"]
    # Another name with other content is another file.
    assert ids()["a_b.wav"] != before["a b.wav"]


def test_a_replaced_file_keeps_the_id_that_it_took_over() -> None:
    upload("Take.wav", SOUND)
    upload("take.wav", SOUND + bytes(2))
    taken_over = ids()["take.wav"]
    copy("take.wav", "TAKE.wav")
    remove("take.wav")
    assert ids()["TAKE.wav"] == taken_over
    upload("TAKE.wav", SOUND + bytes(8))
    assert ids()["TAKE.wav"] == taken_over
    checksums = {r["file_name"]: r["checksums"][0]["value"] for r in read().json["renditions"]}
    assert checksums["TAKE.wav"] == hashlib.sha256(SOUND + bytes(8)).hexdigest()
