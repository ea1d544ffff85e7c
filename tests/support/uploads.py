"""Steps that media tests share: uploads, the events that follow, and answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import botocore.client
from newsreel import terms
from newsreel.aws import clients
from newsreel.lambda_runtime.error_log import RecordFailedError

from functions.catalogue import app as catalogue_app
from functions.downloads import app as downloads_app
from functions.ingest import app as ingest_app
from tests.support import media_files
from tests.support.accounts import Reply, call
from tests.support.cloud import ENVIRONMENT
from tests.support.events import s3_event, sqs_event

MEDIA, PUBLIC, SITE = "newsreel-test-media", "newsreel-test-public", "newsreel-test-site"
VIDEO = "2026-02-14-munich-doorstep"
LINK = "/videos/{video_id}/downloads"
FOLLOW = "/downloads/{token}/{file_name}"
MISSING = "/pages/missing/{path+}"
METADATA = {"title": "Doorstep", "speakers": [{"name": "Mark Rutte", "role": "Secretary General"}]}


@dataclass(frozen=True)
class Context:
    """The context that Lambda gives to a handler, as far as ingest uses it."""

    seconds: float = 900

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def ingest(event: dict[str, Any], seconds: float = 900) -> None:
    """Hand an event to ingest: the schedule's, a batch of its queue, or S3's as a batch of one.

    Raises:
        RecordFailedError: the event failed, or a message of it did.
    """
    records = event.get("Records", [])
    if records and records[0]["eventSource"] == "aws:s3":
        event = sqs_event("ingest", json.dumps(event))
    answer = ingest_app.handler(event, Context(seconds))  # type: ignore[arg-type]
    if answer and answer["batchItemFailures"]:
        raise RecordFailedError


def drain() -> None:
    """Hand over what is in ingest's queue, until it is empty, as Lambda does.

    Raises:
        RecordFailedError: a message failed; all others were handed over.
    """
    url = ENVIRONMENT["INGEST_QUEUE"]
    failed: list[RecordFailedError] = []
    while (
        messages := clients.sqs()
        .receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        .get("Messages", [])
    ):
        event = sqs_event("ingest", *(message["Body"] for message in messages))
        try:
            ingest(event)
        except RecordFailedError as error:
            failed.append(error)
        for message in messages:
            clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    if failed:
        raise failed[0]


def put(name: str, data: bytes, video_id: str = VIDEO) -> str:
    """Upload a file without its event; return its key."""
    key = f"incoming/{video_id}/{name}"
    clients.s3().put_object(Bucket=MEDIA, Key=key, Body=data)
    return key


def upload(name: str, data: bytes, video_id: str = VIDEO) -> None:
    """Upload a file and deliver its event."""
    ingest(s3_event(MEDIA, put(name, data, video_id)))


def remove(name: str, video_id: str = VIDEO) -> None:
    key = f"incoming/{video_id}/{name}"
    clients.s3().delete_object(Bucket=MEDIA, Key=key)
    ingest(s3_event(MEDIA, key, name="ObjectRemoved:DeleteMarkerCreated"))


def describe(video_id: str = VIDEO, **values: object) -> None:
    """Upload a metadata.json."""
    upload("metadata.json", json.dumps({**METADATA, **values}).encode(), video_id)


def publish(video_id: str = VIDEO, **values: object) -> None:
    """Upload the least that can be published: a preview and a title."""
    put("preview.mp4", media_files.make(media_files.PREVIEW), video_id)
    describe(video_id, **values)


def minute() -> None:
    """Act as the schedule of each minute."""
    ingest({"task": "look_at_due"})
    drain()


def tick() -> None:
    """Act as both schedules, the daily one too."""
    minute()
    ingest({"task": "look_at_everything"})
    drain()


def receipt(video_id: str = VIDEO) -> dict[str, Any]:
    answer = clients.s3().get_object(Bucket=MEDIA, Key=f"receipts/{video_id}.json")
    loaded: dict[str, Any] = json.loads(answer["Body"].read())
    return loaded


def finding_codes(name: str, video_id: str = VIDEO) -> list[str]:
    """Return the codes that the receipt holds for one file."""
    entries = {entry["file_name"]: entry for entry in receipt(video_id)["files"]}
    return [finding["code"] for finding in entries[name]["remarks"]]


def folder_finding_codes(video_id: str = VIDEO) -> list[str]:
    return [finding["code"] for finding in receipt(video_id)["remarks"]]


def objects(bucket: str) -> list[str]:
    listed = clients.s3().list_objects_v2(Bucket=bucket)
    return [entry["Key"] for entry in listed.get("Contents", [])]


def read(video_id: str = VIDEO) -> Reply:
    return call(catalogue_app, "GET", "/videos/{video_id}", path={"video_id": video_id})


def list_videos(**query: str) -> Reply:
    return call(catalogue_app, "GET", "/videos", query=query)


def changes(**query: str) -> Reply:
    return call(catalogue_app, "GET", "/videos/changes", query=query)


def changes_unless(tag: str) -> Reply:
    """Ask for the feed of changes, unless the answer still has this ETag."""
    return call(catalogue_app, "GET", "/videos/changes", headers={"If-None-Match": tag})


def transcript(video_id: str = VIDEO, form: str = "json", **query: str) -> Reply:
    path = {"video_id": video_id}
    resource = "/videos/{video_id}/transcript" + ("" if form == "json" else f".{form}")
    return call(catalogue_app, "GET", resource, path=path, query=query)


def page(video_id: str = VIDEO, language: str = "") -> Reply:
    resource = f"/pages{language}/videos/{{video_id}}"
    return call(catalogue_app, "GET", resource, path={"video_id": video_id})


def document(name: str, language: str = "", /, **query: str) -> Reply:
    """Ask for the home page (``home``), a feed or the sitemap."""
    resource = f"/pages{language}/{{page}}"
    return call(catalogue_app, "GET", resource, path={"page": name}, query=query)


def missing(path: str = "media/some/poster.jpg") -> Reply:
    """Ask as the distribution does for a file that a bucket lacks."""
    return call(catalogue_app, "GET", MISSING, path={"path": path})


def listed_ids(reply: Reply) -> list[str]:
    return [entry["video_id"] for entry in reply.json["items"]]


def make_link(
    cookie: str | None,
    rendition: str = "preview-mp4",
    video_id: str = VIDEO,
    terms_version: str | None = terms.VERSIONS[-1].version,
) -> Reply:
    path = {"video_id": video_id}
    body = {"rendition": rendition, "terms_version": terms_version}
    return call(downloads_app, "POST", LINK, path=path, body=body, cookie=cookie)


def follow(url: str, method: str = "GET", **event: Any) -> Reply:
    """Open a link at the address that the answer gave."""
    token, _, name = url.partition("/downloads/")[2].partition("/")
    path = {"token": token, "file_name": name}
    return call(downloads_app, method, FOLLOW, path=path, **event)


@contextmanager
def observed() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """List the AWS calls during the block, with their parameters."""
    made = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
    calls: list[tuple[str, dict[str, Any]]] = []

    def listing(client: object, name: str, values: dict[str, Any]) -> object:
        calls.append((name, values))
        return made(client, name, values)

    with patch("botocore.client.BaseClient._make_api_call", new=listing):
        yield calls
