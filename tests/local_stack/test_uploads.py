"""What a press office uploads is told in a receipt and shown in the catalogue, whatever it is."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.paths import Stack
from tests.local_stack.roles import deployed
from tests.local_stack.upload import Folder
from tests.support import media_files
from tests.support.events import s3_event, sqs_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

NewFolder = Callable[[], Folder]
STRANGE = "héllo wörld+1 %2B.MP4"


@pytest.fixture
def new_folder(stack: Stack, s3: "S3Client", dynamodb: "DynamoDBClient") -> Iterator[NewFolder]:
    made: list[Folder] = []

    def make() -> Folder:
        made.append(Folder(stack, s3, f"2026-11-20-test-{secrets.token_hex(4)}"))
        return made[-1]

    yield make
    for folder in made:
        folder.forget(dynamodb)


def _file(receipt: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [file for file in receipt["files"] if file["file_name"] == name]
    told: dict[str, Any] = found
    return told


def _codes(file: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in file["remarks"]}


def test_a_strange_file_name_reaches_the_catalogue_letter_by_letter(new_folder: NewFolder) -> None:
    folder = new_folder()
    folder.put_metadata()
    folder.put(STRANGE, media_files.make(media_files.PREVIEW))
    receipt = folder.receipt({"metadata.json", STRANGE})
    assert _file(receipt, STRANGE)["accepted"]
    answer = folder.video(lambda answer: answer.status_code == 200)
    names = [rendition["file_name"] for rendition in answer.json()["renditions"]]
    assert names == [STRANGE]


def test_a_text_file_named_mp4_is_refused_with_what_to_do_and_the_rest_stands(
    new_folder: NewFolder,
) -> None:
    folder = new_folder()
    folder.put_metadata()
    folder.put("good.mp4", media_files.make(media_files.PREVIEW))
    folder.put("notes.mp4", b"These are the notes of the meeting, and no video.\n" * 40)
    receipt = folder.receipt({"metadata.json", "good.mp4", "notes.mp4"})
    refused = _file(receipt, "notes.mp4")
    assert not refused["accepted"]
    assert _codes(refused) == {"other_format"}
    assert all(finding["message"] and finding["next"] for finding in refused["remarks"])
    answer = folder.video(lambda answer: answer.status_code == 200)
    assert [r["file_name"] for r in answer.json()["renditions"]] == ["good.mp4"]


def test_an_empty_file_is_refused_and_its_next_upload_heals_it(new_folder: NewFolder) -> None:
    folder = new_folder()
    folder.put_metadata()
    folder.put("master.mp4", b"")
    receipt = folder.receipt({"metadata.json", "master.mp4"})
    assert _codes(_file(receipt, "master.mp4")) >= {"empty"}
    assert folder.video(lambda answer: answer.status_code == 404).status_code == 404
    folder.put("master.mp4", media_files.make(media_files.PREVIEW))
    healed = folder.video(lambda answer: answer.status_code == 200)
    assert [r["file_name"] for r in healed.json()["renditions"]] == ["master.mp4"]


def test_the_same_event_twice_changes_nothing(
    new_folder: NewFolder, stack: Stack, lambdas: "LambdaClient"
) -> None:
    folder = new_folder()
    folder.put_metadata()
    key = folder.put("film.mp4", media_files.make(media_files.PREVIEW))
    receipt = folder.receipt({"metadata.json", "film.mp4"})
    before = folder.video(lambda answer: answer.status_code == 200).json()
    ingest = deployed(lambdas, "Ingest")["FunctionName"]
    arrived = json.dumps(s3_event(stack.media_bucket, key))
    for _ in range(2):
        again = lambdas.invoke(
            FunctionName=ingest, Payload=json.dumps(sqs_event("ingest", arrived, arrived))
        )
        assert json.loads(again["Payload"].read()) == {"batchItemFailures": []}
    assert folder.video(lambda _: True).json() == before
    same = folder.receipt({"metadata.json", "film.mp4"})
    assert {**same, "made_at": None} == {**receipt, "made_at": None}


def test_a_folder_whose_name_is_no_video_id_gets_its_receipt_apart(
    stack: Stack, s3: "S3Client"
) -> None:
    name = f"Not A Slug {secrets.token_hex(3)}"
    folder = Folder(stack, s3, name)
    key = folder.put("film.mp4", b"x")
    prefix = f"receipts/_rejected/{name.replace(' ', '%20')}"
    for _ in range(300):
        found = s3.list_objects_v2(Bucket=stack.media_bucket, Prefix=prefix)
        if found["KeyCount"]:
            break
        time.sleep(0.2)
    s3.delete_object(Bucket=stack.media_bucket, Key=key)
    assert found["KeyCount"] == 1
