"""A rendition keeps its id when its file is renamed or replaced: links and pages hold on to it."""

import hashlib
from typing import Any

import pytest
from newsreel.aws import clients
from newsreel.catalogue.table import CatalogueTable
from newsreel.ingest.folders import composed

from tests.support import media_files
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import s3_event
from tests.support.media_files import make
from tests.support.uploads import (
    MEDIA,
    VIDEO,
    describe,
    finding_codes,
    folder_finding_codes,
    ingest,
    publish,
    put,
    read,
    remove,
    upload,
)

SOUND = make(media_files.WAV)
NFC, NFD = "D\u00e9fense.wav", "De\u0301fense.wav"
"""One name, as people type it, and as a Mac sends it."""


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
    ("De\u0301fense.wav", "d\u00e9fense.wav"),
    ("a b.wav", "a_b.wav"),
    ("Clip (1).wav", "clip-1.wav"),
]


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "target"), RENAMES)
def test_a_rename_that_keeps_the_slug_keeps_the_id(name: str, target: str) -> None:
    upload(name, SOUND)
    shown = composed(name)
    before = ids()[shown]
    copy(name, target)
    ingest(event(target))
    assert ids()[shown] == before
    assert ids()[target] != before
    remove(name)
    assert ids()[target] == before
    assert shown not in ids()


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "target"), RENAMES)
def test_a_rename_whose_two_steps_are_seen_at_once_keeps_the_id(name: str, target: str) -> None:
    upload("other.wav", SOUND + bytes(2))
    upload(name, SOUND)
    before = ids()
    copy(name, target)
    remove(name)
    shown = composed(name)
    assert ids() == {**{n: i for n, i in before.items() if n != shown}, target: before[shown]}


def stored_key(name: str) -> str:
    """Return the key of the object that a download of this file is sent to."""
    record = CatalogueTable("catalogue").read_video(VIDEO)
    assert record is not None
    stored = record.objects[ids()[name]]
    clients.s3().head_object(Bucket=MEDIA, Key=stored.key, VersionId=stored.version_id)
    return stored.key.rpartition("/")[2]


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "target"), [(NFD, NFC), (NFC, NFD)])
def test_a_name_that_is_composed_otherwise_is_the_same_file_under_its_new_key(
    fake_clock: FakeClock, name: str, target: str
) -> None:
    """Downloads lead to the new object: the old one's versions go in time."""
    upload(name, SOUND)
    before = ids()
    assert NFC in before
    copy(name, target)
    ingest(event(target))
    assert ids() == before
    remove(name)
    assert ids() == before
    assert stored_key(NFC) == target


@pytest.mark.thorough
def test_of_two_names_that_look_the_same_the_newer_file_counts() -> None:
    upload(NFC, SOUND)
    rendition_id = ids()[NFC]
    upload(NFD, SOUND + bytes(2))
    shown = {r["rendition_id"]: r["size_bytes"] for r in read().json["renditions"]}
    # Files of one second are in the order of their keys.
    assert shown[rendition_id] in {len(SOUND), len(SOUND) + 2}
    assert len(shown) == 2
    assert finding_codes(NFD) == ["name_twice"]
    remove(NFC)
    shown = {r["rendition_id"]: r["size_bytes"] for r in read().json["renditions"]}
    assert shown[rendition_id] == len(SOUND) + 2
    assert stored_key(NFC) == NFD


@pytest.mark.parametrize("declared", [NFC, NFD])
@pytest.mark.parametrize("uploaded", [NFC, NFD])
def test_metadata_name_a_file_however_the_name_is_composed(declared: str, uploaded: str) -> None:
    put(uploaded, SOUND)
    describe(files={declared: {"kind": "master"}})
    kinds = {r["file_name"]: r["kind"] for r in read().json["renditions"]}
    assert kinds[NFC] == "master"
    assert "file_not_there" not in folder_finding_codes()


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_two_files_of_one_slug_do_not_take_each_others_links() -> None:
    """What was another file stays another file when its neighbour goes."""
    upload("Take.wav", SOUND)
    upload("take.wav", SOUND + bytes(2))
    before = ids()
    remove("Take.wav")
    assert ids()["take.wav"] == before["take.wav"]


@pytest.mark.thorough
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


@pytest.mark.thorough
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
