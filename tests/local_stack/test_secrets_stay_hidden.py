"""After a whole journey no log, table, stream or queue holds a secret of it."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import requests

from infra.local import administrator
from infra.local.paths import Stack
from tests.local_stack.client import TERMS, Client, Person
from tests.local_stack.logs import all_logs
from tests.support.canaries import told

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class Journey:
    """What one person's journey used: secrets, and facts that may be stored but not logged."""

    secrets: dict[str, str]
    codes: dict[str, str]
    address: str
    account_id: str


def _secret_part(cookie: str) -> str:
    """Return what proves a session; before the dot stands the account, which is no secret."""
    return cookie.rpartition(".")[2]


@pytest.fixture(scope="module")
def journey(stack: Stack) -> Journey:
    """Register with a wrong try, log out, fail to log in, log in, download."""
    person = Person.new(stack)
    flow = person.start()
    first = person.inbox.code()
    path = f"/api/registrations/{flow['registration_id']}"
    wrong = f"{(int(first) + 1) % 10**6:06}"
    assert person.client.post(f"{path}/confirm", {"code": wrong}).status_code == 400
    assert person.client.get(path).status_code == 200
    account = person.client.post(f"{path}/confirm", {"code": first}).json()["account"]
    old = dict(person.client.cookies)
    person.client.delete("/api/sessions/current")
    body = {"email": person.email, "password": "Wrong-Canary-31!x"}
    assert person.client.post("/api/sessions", body).status_code == 401
    assert person.log_in().status_code == 201
    link = _download(person.client)
    presigned = requests.get(f"{link}?redirect=false", timeout=30).json()["url"]
    return Journey(
        secrets={
            "password": person.password,
            "wrong password": "Wrong-Canary-31!x",
            "flow id": flow["registration_id"],
            "first session": _secret_part(old["__Host-session"]),
            "second session": _secret_part(person.client.cookies["__Host-session"]),
            "device": person.client.cookies["__Host-device"],
            "download token": link.split("/downloads/")[1].split("/")[0],
            "signature": presigned.split("X-Amz-Signature=")[1].split("&")[0],
        },
        codes={"code": first, "wrong code": wrong},
        address=person.email,
        account_id=account["account_id"],
    )


def _download(client: Client) -> str:
    video = client.get("/api/videos").json()["items"][0]["video_id"]
    file = client.get(f"/api/videos/{video}").json()["renditions"][0]["rendition_id"]
    link: str = client.post(
        f"/api/videos/{video}/downloads", {"rendition": file, "terms_version": TERMS}
    ).json()["download_url"]
    answer = requests.get(link, headers={"Range": "bytes=0-99"}, timeout=30)
    assert answer.status_code == 206
    return link


def _tables(stack: Stack, dynamodb: "DynamoDBClient") -> Iterator[str]:
    for table in ("AccountsTable", "CatalogueTable"):
        for page in dynamodb.get_paginator("scan").paginate(TableName=stack.outputs[table]):
            for item in page["Items"]:
                yield _as_text(item)


def _streams(stack: Stack) -> Iterator[str]:
    streams: DynamoDBStreamsClient = administrator.session().client(
        "dynamodbstreams", endpoint_url=stack.aws_endpoint_url
    )
    for stream in streams.list_streams()["Streams"]:
        arn = stream["StreamArn"]
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            start = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )
            following: str | None = start["ShardIterator"]
            while following:
                page = streams.get_records(ShardIterator=following)
                yield from (_as_text(record) for record in page["Records"])
                following = page.get("NextShardIterator") if page["Records"] else None


def _queues(sqs: "SQSClient") -> Iterator[str]:
    for queue in sqs.list_queues().get("QueueUrls", []):
        yield queue
        held = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        yield from (json.dumps(message) for message in held.get("Messages", []))


def _as_text(value: object) -> str:
    return json.dumps(value, default=_readable, ensure_ascii=False)


def _readable(value: object) -> str:
    if isinstance(value, bytes):
        return f"{value!r} {value.hex()} {base64.b64encode(value).decode()}"
    return str(value)


def _told(texts: Iterable[str], journey: Journey) -> set[str]:
    """Return the names of the secrets that stand in some text."""
    return told(texts, journey.secrets | journey.codes)


def test_no_log_holds_a_secret_or_an_address(stack: Stack, journey: Journey) -> None:
    texts = list(all_logs(stack))
    assert sum("START RequestId" in text for text in texts) > 10, "there are no logs to search"
    assert _told(texts, journey) == set()
    assert not [text for text in texts if journey.address in text]


def test_no_table_holds_a_secret(
    stack: Stack, journey: Journey, dynamodb: "DynamoDBClient"
) -> None:
    texts = list(_tables(stack, dynamodb))
    assert any(journey.account_id in text for text in texts), "the journey left nothing to search"
    assert _told(texts, journey) == set()


def test_no_stream_holds_a_secret(stack: Stack, journey: Journey) -> None:
    texts = list(_streams(stack))
    assert any(journey.account_id in text for text in texts), "the journey left nothing to search"
    assert _told(texts, journey) == set()


def test_no_queue_holds_a_secret(journey: Journey, sqs: "SQSClient") -> None:
    texts = list(_queues(sqs))
    assert texts, "there are no queues to search"
    assert _told(texts, journey) == set()


def test_the_search_finds_what_it_looks_for(journey: Journey) -> None:
    for name, secret in (journey.secrets | journey.codes).items():
        assert name in _told([f'{{"said": "{secret}"}}'], journey)
        if name in journey.secrets:
            hidden = base64.b64encode(secret.encode()).decode()
            assert name in _told([hidden], journey)
